import { DockerError, type Lease } from '../docker/port.ts';
import type { Narrator } from '../events.ts';
import type { Action } from '../model/plan.ts';
import type { DiskSpace } from '../model/observed.ts';
import { formatRoughly } from '../status/format.ts';
import { isLow } from '../status/disk-state.ts';
import { createCoalescing } from './coalescing.ts';

export interface SpaceWatchOptions {
  readonly host: string;
  readonly narrate: Narrator;
  /** `latest` is another one. */
  readonly onChange: () => void;
}

/** How much the engine of a host can still store, as the lease tells it when asked. */
export interface SpaceWatch {
  /** The right to act came: asks. Or it went, with undefined: nothing is known any more. */
  setLease(lease: Lease | undefined): void;
  /** Asks again; calls that come while one waits for its turn share that one. Never rejects. */
  look(): Promise<void>;
  /** undefined: not known. */
  latest(): DiskSpace | undefined;
  /** The failure itself or, where it is for lack of space, one that says how much there is now. Never rejects. */
  explain(failure: DockerError): Promise<DockerError>;
}

const ANSWER_MS = 10_000;

export function createSpaceWatch({ host, narrate, onChange }: SpaceWatchOptions): SpaceWatch {
  const looks = createCoalescing();
  let held: Lease | undefined;
  let latest: DiskSpace | undefined;
  let toldLow = false;

  function show(space: DiskSpace | undefined): void {
    if (space?.freeBytes === latest?.freeBytes && space?.totalBytes === latest?.totalBytes) return;
    latest = space;
    if (space !== undefined && isLow(space) !== toldLow) {
      toldLow = !toldLow;
      narrate({ kind: toldLow ? 'space-low' : 'space-ample', host, ...space });
    }
    onChange();
  }

  async function ask(): Promise<void> {
    const lease = held;
    // That the lease is gone is told by itself, and a file system that does not tell ends no session.
    const space = await lease?.space(AbortSignal.timeout(ANSWER_MS)).catch(() => undefined);
    if (held === lease) show(space);
  }

  const look = () => looks.soon(ask);
  return {
    setLease(lease) {
      if (lease === held) return;
      held = lease;
      show(undefined);
      if (lease !== undefined) void look();
    },
    look,
    latest: () => latest,
    async explain(failure) {
      if (!/no space left on device/i.test(failure.message)) return failure;
      await look();
      return latest === undefined ? failure : withSpace(failure, latest);
    },
  };
}

/** Whether an action may have changed much on the disk, so that it is worth to look at once; the rest is seen by and by. */
export function fillsDisk(action: Action): boolean {
  return action.kind === 'pull-image' || action.kind === 'remove-image';
}

function withSpace(failure: DockerError, { freeBytes, totalBytes }: DiskSpace): DockerError {
  const words = `${formatRoughly(freeBytes)} of ${formatRoughly(totalBytes)} are free on the host`;
  return new DockerError(failure.code, `${failure.message}; ${words}`, { cause: failure.cause });
}
