import type { RemoteStoreOptions } from './remote-store.ts';
import type { Transport } from './transport.ts';

/** All in ms. */
export interface GitTimeouts {
  /** For asking where the branch is. */
  readonly pollMs: number;
  /** For a fetch or clone as a whole. */
  readonly transferMs: number;
  /** Without a single byte, in either. */
  readonly idleMs: number;
}

export interface RemoteRepositoryOptions extends Omit<RemoteStoreOptions, 'url'> {
  readonly transport: Transport;
  readonly treePath: string;
  readonly timeouts?: Partial<GitTimeouts>;
  /** Each fetch adds a pack and each pack slows every read: with more than this many the store is cloned anew. */
  readonly maxPacks?: number;
  /** Packs of refs that were asked for may take as much until the store is cloned anew. */
  readonly maxAskedBytes?: number;
  /** Never told a credential. */
  readonly log?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}
