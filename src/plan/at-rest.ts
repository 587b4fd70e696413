import type { HoldCause } from '../upgrade/hold.ts';
import type { PlannedHost } from './plan-host.ts';

/** What waits for these was wished to wait, by the very revision that brought it. */
const MEANT: readonly HoldCause[] = ['suspended', 'upgrades-blocked', 'upgrade-window'];

/** Nothing is left to do for the revision but what it wants to wait. */
export function isAtRest({ plan, applications }: Pick<PlannedHost, 'plan' | 'applications'>): boolean {
  const { steps, later, held, blocked } = plan;
  if (steps.length + held.length + Object.keys(blocked).length > 0) return false;
  if (later.length === 0) return true;
  const holds = [...applications.values()].flatMap(({ hold }) => hold ?? []);
  const meant = new Set(holds.filter(({ cause }) => MEANT.includes(cause)).map(({ why }) => why));
  return later.every(({ waitingFor }) => meant.has(waitingFor));
}
