import type { Turn } from './decision.ts';
import { turnsOf, type Turns } from './per-service.ts';
import type { Stage } from './stages.ts';
import type { Standings } from './standing.ts';

/** Every old instance goes, and only when none is left the new ones come, all at once (contract 8.4). */
export function stopAndRestart(stage: Stage, standings: Standings, now: number): Turns {
  const all = [...standings];
  if (all.every(([, { kind }]) => kind !== 'outdated')) return turnsOf([stage], standings, now);
  const waiting = { awaits: 'all old instances to be stopped', until: undefined };
  const turns = all.flatMap(([key, { kind }]): [string, Turn][] => {
    if (kind === 'outdated') return [[key, { kind: 'stop' }]];
    return kind === 'absent' ? [[key, { kind: 'later', batch: '', ...waiting }]] : [];
  });
  return { turns: new Map(turns), ...waiting, batch: 0, proving: [], wakeAt: undefined };
}
