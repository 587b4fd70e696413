import { createHash } from 'node:crypto';
import type { DesiredProbe } from '../model/probes.ts';

// When a probe is asked. All times in ms on one clock that does not jump.

/** Within which the probes of containers that run already are first asked. */
const FIRST_WITHIN_MS = 1_000;
/** Whatever a specification says, a probe must not spin. */
const SHORTEST_PERIOD_MS = 100;

/** When a probe is to be asked next. */
export interface Turn {
  readonly at: number;
  /** How much later than a period the turn after it comes. */
  readonly stretch: number;
}

/** From 0 to below 1, the same for the same text and different for others: spreads what would happen together. */
export function phaseOf(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE() / 2 ** 32;
}

/**
 * In a container that has just started: when its delay is over. In one that runs already, as after a start of the daemon:
 * within a second, because somebody waits for the answer; after that a part of a period is added once, so that the probes
 * of a whole host do not stay together.
 */
export function firstTurn(probe: DesiredProbe, life: { startedAt: number; now: number; phase: number }): Turn {
  const at = life.startedAt + probe.initialDelayMs;
  if (life.now < at + probe.periodMs) return { at: Math.max(at, life.now), stretch: 0 };
  return { at: life.now + life.phase * FIRST_WITHIN_MS, stretch: life.phase * probe.periodMs };
}

/**
 * One or more whole periods after the turn before, so that a probe keeps its beat: turns that passed while it was being
 * asked are left out. One that was asked late is not asked twice within half a period.
 */
export function nextTurn(probe: DesiredProbe, turn: Turn, asked: { readonly at: number; readonly now: number }): Turn {
  const period = Math.max(probe.periodMs, SHORTEST_PERIOD_MS);
  const from = turn.at + turn.stretch;
  const earliest = Math.max(asked.now, asked.at + period / 2);
  return { at: from + period * Math.max(1, Math.ceil((earliest - from) / period)), stretch: 0 };
}
