import type { ProbedLife, ProbeTarget, Probing } from './probed-life.ts';

/** The lives that are probed, one of each container. */
export interface ProbedLives {
  all(): readonly ProbedLife[];
  /** A life that goes on keeps what was found of it; the questions of all others are taken back. */
  replaceAll(targets: readonly ProbeTarget[]): void;
}

/** A probe whose turn has come. */
export interface DueProbe {
  readonly life: ProbedLife;
  readonly probing: Probing;
}

export function createProbedLives(begin: (target: ProbeTarget) => ProbedLife): ProbedLives {
  const lives = new Map<string, ProbedLife>();

  function put(target: ProbeTarget): void {
    const life = lives.get(target.id);
    if (life?.target() === target) return;
    if (life?.target().startedAt === target.startedAt) {
      life.replace(target);
      return;
    }
    life?.leave();
    lives.set(target.id, begin(target));
  }

  return {
    all: () => [...lives.values()],
    replaceAll(targets) {
      const gone = new Set(lives.keys());
      for (const target of targets) {
        gone.delete(target.id);
        put(target);
      }
      for (const id of gone) {
        lives.get(id)?.leave();
        lives.delete(id);
      }
    },
  };
}

/** Whose turn has come, the longest waiting first, and when it is the next one's: Infinity if nothing waits. */
export function takeTurns(lives: readonly ProbedLife[], now: number): { due: readonly DueProbe[]; next: number } {
  const due: DueProbe[] = [];
  let next = Infinity;
  for (const life of lives) {
    for (const probing of life.open()) {
      if (probing.asking !== undefined) continue;
      if (probing.turn.at <= now) due.push({ life, probing });
      else next = Math.min(next, probing.turn.at);
    }
  }
  return { due: due.sort((a, b) => a.probing.turn.at - b.probing.turn.at), next };
}

/** Infinity when nothing waits for its turn. */
export function earliestTurn(life: ProbedLife): number {
  return Math.min(...life.open().flatMap(({ turn, asking }) => (asking === undefined ? turn.at : [])));
}
