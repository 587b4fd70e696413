import type { HeldRemoval, Intent, Step } from '../model/plan.ts';
import { onOneLine } from '../model/printable.ts';

/** Of a step, what people read. */
export type PrintableStep = Pick<Step, 'id' | 'target' | 'application' | 'reason'> & { readonly intent: Intent };

/** Of a plan, what people read; a `Plan` is one. */
export interface PrintablePlan {
  readonly steps: readonly PrintableStep[];
  readonly later: readonly { readonly step: PrintableStep; readonly waitingFor: string }[];
  readonly held: readonly HeldRemoval[];
  /** Application key → why it cannot go on. */
  readonly blocked: Readonly<Record<string, string>>;
}

/** Nothing to do now or later, and nothing that may not be done. */
export function isEmptyPlan({ steps, later, held, blocked }: PrintablePlan): boolean {
  return steps.length + later.length + held.length + Object.keys(blocked).length === 0;
}

/**
 * A plan as text: a line for each thing that is worked on and why, the Docker calls beneath it, then what comes later,
 * what is held and what is blocked, and a summary. The same plan gives the same text at any time: it says no times.
 */
export function formatPlan(plan: PrintablePlan): string {
  if (isEmptyPlan(plan)) return 'No changes.\n';
  const lines = [
    ...formatSteps(plan.steps),
    ...formatLater(plan.later),
    ...plan.held.map(({ application, reason }) => `${application}: held — ${reason}`),
    ...Object.entries(plan.blocked).map(([application, reason]) => `${application}: blocked — ${reason}`),
    summarizePlan(plan),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function formatSteps(steps: readonly PrintableStep[]): readonly string[] {
  const headline = ({ target, intent, reason }: PrintableStep) => `${target}: ${intent} — ${reason}`;
  return [...groupBy(steps, headline)].flatMap(([head, group]) => [head, ...group.map(({ id }) => `  ${id}`)]);
}

function formatLater(later: PrintablePlan['later']): readonly string[] {
  const headline = ({ step, waitingFor }: PrintablePlan['later'][number]) =>
    `${step.target}: ${step.intent} later — ${step.reason} (${waitingFor})`;
  return [...groupBy(later, headline)].flatMap(([head, group]) => [head, ...group.map(({ step }) => `  ${step.id}`)]);
}

/** `4 steps for 2 instances, 1 later, 1 held` */
function summarizePlan({ steps, later, held, blocked }: PrintablePlan): string {
  const instances = new Set(steps.filter(isOfInstance).map(({ target }) => target)).size;
  const others = [
    { count: later.length, what: 'later' },
    { count: held.length, what: 'held' },
    { count: Object.keys(blocked).length, what: 'blocked' },
  ];
  const parts = others.filter(({ count }) => count > 0).map(({ count, what }) => `${count} ${what}`);
  const now = counted(steps.length, 'step') + (instances === 0 ? '' : ` for ${counted(instances, 'instance')}`);
  return [now, ...parts].join(', ');
}

/** An instance is named after its application; a network has the very name, an image belongs to none. */
function isOfInstance({ target, application }: PrintableStep): boolean {
  return application !== '' && target.startsWith(`${application}.`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** In the order of the first of each group. */
function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value)) ?? [];
    groups.set(keyOf(value), group);
    group.push(value);
  }
  return groups;
}

/** Reasons quote what an engine said: a line stays one line and cannot steer a terminal. */
function printable(line: string): string {
  return onOneLine(line);
}
