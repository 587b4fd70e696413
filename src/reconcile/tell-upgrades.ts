import type { Narrator } from '../events.ts';
import { holdSentence } from '../status/hold-state.ts';
import { transitionsOf } from '../upgrade/transitions.ts';
import type { HostView } from './host-loop.ts';

type Upgrades = HostView['applications'];

/** Tells what has come to pass in the upgrades of a host since the last plan, and what waits; `before` undefined: there was none. */
export function tellUpgrades(
  before: Upgrades | undefined,
  after: Upgrades,
  { host, narrate }: { readonly host: string; readonly narrate: Narrator },
): void {
  for (const application of new Set([...(before?.keys() ?? []), ...after.keys()])) {
    const former = before === undefined ? 'unknown' : before.get(application)?.upgrade;
    const now = after.get(application)?.upgrade;
    for (const transition of former === now ? [] : transitionsOf(former, now))
      narrate({ kind: 'upgrade', host, application, ...transition });
    const [held, holds] = [before?.get(application)?.hold, after.get(application)?.hold];
    tellHold(held && holdSentence(held), holds && holdSentence(holds), (event) =>
      narrate({ host, application, ...event }),
    );
  }
}

type HoldEvent =
  { readonly kind: 'application-waits'; readonly reason: string } | { readonly kind: 'application-goes-on' };

/** What waits, also when it does so for something else now. */
function tellHold(before: string | undefined, now: string | undefined, tell: (event: HoldEvent) => void): void {
  if (before === now) return;
  tell(now === undefined ? { kind: 'application-goes-on' } : { kind: 'application-waits', reason: now });
}
