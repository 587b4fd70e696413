import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import type { UpgradeRule } from '../model/upgrade-rule.ts';

/** Instances that are upgraded together. */
export interface Batch {
  readonly instances: readonly DesiredInstance[];
  /** Counted from 1 over all stages; 0: what only comes anew is no batch. */
  readonly number: number;
}

/** A part of an upgrade that is over before the next begins. */
export interface Stage {
  readonly batches: readonly Batch[];
  /** Most instances that may be down at a time. */
  readonly inParallel: number;
  readonly healthyTimeMs: number;
}

/**
 * The stages of a per-service upgrade: the listed services in their order, then the others at once, then those of which
 * nothing runs yet (contract 8.4). Batches are told by the numbers of the instances alone, so that they are the same
 * ones after a restart of the daemon. `running`: names of the services of which something runs.
 */
export function stagesOf(
  { instances }: DesiredApplication,
  rule: UpgradeRule,
  running: ReadonlySet<string>,
): readonly Stage[] {
  const listed = new Set(rule.services.map(({ service }) => service));
  const ofListed = rule.services.map(({ service, inParallel, healthyTimeMs }) => ({
    groups: chunks(sorted(instances.filter(({ name }) => name.service === service)), inParallel),
    inParallel,
    healthyTimeMs,
  }));
  const others = instances.filter(({ name }) => !listed.has(name.service));
  const [old, fresh] = [true, false].map((runs) => others.filter(({ name }) => running.has(name.service) === runs));
  const rest = { groups: [old ?? []], inParallel: Infinity, healthyTimeMs: 0 };
  let number = 0;
  const stages = [...ofListed, rest].map(({ groups, ...stage }) => ({
    ...stage,
    batches: groups.filter((group) => group.length > 0).map((group) => ({ instances: group, number: (number += 1) })),
  }));
  const last = { batches: [{ instances: fresh ?? [], number: 0 }], inParallel: Infinity, healthyTimeMs: 0 };
  return [...stages, last].filter(({ batches }) => batches.some((batch) => batch.instances.length > 0));
}

/** Every instance at once, for an upgrade that stops all before it starts any. */
export function singleStage({ instances }: DesiredApplication): Stage {
  return { batches: [{ instances, number: 1 }], inParallel: Infinity, healthyTimeMs: 0 };
}

function sorted(instances: readonly DesiredInstance[]): readonly DesiredInstance[] {
  return [...instances].sort((a, b) => a.name.index - b.name.index);
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
