import { onOneLine } from '../../model/printable.ts';
import type { ForgeEvent } from './forge.ts';
import { otherRepository } from './repository-name.ts';

/** What the daemon follows. */
export interface Followed {
  readonly branch: string;
  /** See `followedPath`. */
  readonly path: string | undefined;
}

/** What a delivery that is genuine leads to. */
export type Judgement =
  | { readonly kind: 'look' }
  /** Nothing to do, and that is well: `reason` says why. */
  | { readonly kind: 'ping' | 'nothing'; readonly reason: string }
  /** It is somebody else's. */
  | { readonly kind: 'elsewhere'; readonly message: string };

/** A push of the branch, or of nobody says what, is a reason to look; what moves other things is none. */
export function judge(event: ForgeEvent, { branch, path }: Followed, anyRepository: boolean): Judgement {
  const other = event.kind === 'other' || anyRepository ? undefined : otherRepository(event.repositories, path);
  if (other !== undefined)
    return {
      kind: 'elsewhere',
      message: `this is about the repository ${shown(other)}, and this daemon follows ${path}; set the webhook up in that one, or say any-repository: true beside its secret`,
    };
  switch (event.kind) {
    case 'ping':
      return { kind: 'ping', reason: `the webhook is set up: a push of ${branch} will be looked at` };
    case 'other':
      return { kind: 'nothing', reason: `${eventName(event.event)} moves no branch; nothing was looked at` };
    case 'push': {
      const { refs } = event;
      if (refs === undefined || refs.includes(`refs/heads/${branch}`)) return { kind: 'look' };
      return {
        kind: 'nothing',
        reason: `${refs.map(shown).join(', ')} is not the branch that is followed, ${branch}; nothing was looked at`,
      };
    }
  }
}

function eventName(event: string): string {
  return event === '' ? 'an event without a name' : `the event ${shown(event)}`;
}

/** Words of others, in a line of bounded length that cannot steer a terminal. */
function shown(text: string): string {
  return onOneLine(text).slice(0, 200);
}
