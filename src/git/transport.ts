import type { HttpClient } from 'isomorphic-git';
import { toRemoteError } from './git-error.ts';
import { Wire, type WireOptions } from './wire.ts';

/** What isomorphic-git needs for a conversation: its http plugin, and headers with the credentials. */
export interface Line {
  readonly http: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
}

/** A line that is given back. */
export interface OpenLine extends Line {
  /** `whole`: every answer came to its end. Never throws. */
  end?(whole: boolean): void;
}

/** The way to one repository on a server. Adapters: http/http-transport.ts and ssh/ssh-transport.ts. */
export interface Transport {
  /** For isomorphic-git and the config of the store: http or https, unique to the repository, without credentials. */
  readonly url: string;
  /** For people: the address without credentials. */
  readonly place: string;
  /** @throws GitError */
  open(wire: Wire): Promise<OpenLine>;
}

/**
 * Runs one conversation with a git server under a total and an idle timeout.
 * @throws GitError for everything that goes wrong on the way, or the signal's reason
 */
export async function converse<T>(
  transport: Transport,
  limits: Omit<WireOptions, 'place'>,
  talk: (line: Line) => Promise<T>,
): Promise<T> {
  limits.signal.throwIfAborted();
  const { place } = transport;
  const wire = new Wire({ ...limits, place });
  let line: OpenLine | undefined;
  let whole = false;
  try {
    const opening = transport.open(wire).then((opened) => (line = opened));
    const opened = await Promise.race([opening, wire.broken]);
    const result = await Promise.race([talk(opened), wire.broken]);
    // isomorphic-git takes a broken answer for a finished one: a cut listing would look like a deleted branch.
    wire.throwIfBroken();
    whole = true;
    return result;
  } catch (error) {
    wire.throwIfBroken();
    throw toRemoteError(error, place);
  } finally {
    line?.end?.(whole);
    wire.close();
  }
}
