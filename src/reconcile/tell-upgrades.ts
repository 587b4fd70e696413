import type { Narrator } from '../events.ts';
import { transitionsOf } from '../upgrade/transitions.ts';
import type { HostView } from './host-loop.ts';

type Upgrades = HostView['applications'];

/** Tells what has come to pass in the upgrades of a host since the last plan; `before` undefined: there was none. */
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
  }
}
