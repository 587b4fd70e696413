import { probedContainers, type ProbedContainer } from '../health/probed-containers.ts';
import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import { isMadeFrom } from '../model/made-from.ts';
import type { ObservedApplication, ObservedContainer, ObservedHost, ObservedInstance } from '../model/observed.ts';
import type { Probes } from '../model/probes.ts';
import type { ProbeTarget } from '../probe/probed-life.ts';

/** What is to be probed: the same array as before as long as nothing moved. */
export type ProbeTargets = (desired: DesiredSite, observed: ObservedHost) => readonly ProbeTarget[];

interface Known {
  readonly desired: DesiredApplication;
  readonly earlier: readonly DesiredApplication[];
  readonly observed: ObservedApplication;
  readonly targets: readonly ProbeTarget[];
}

/**
 * Running containers that have probes. One that is to be made anew may run on for long, until an image is there or its
 * turn comes: it is asked what it was asked before, or what the text says that it was made from, or, where this process
 * knows neither, what its successor will be. Kept by application, so that looking again costs what changed.
 */
export function createProbeTargets(): ProbeTargets {
  let known = new Map<string, Known>();
  let all: readonly ProbeTarget[] = [];

  return (desired, observed) => {
    const next = new Map<string, Known>();
    for (const [key, wanted] of Object.entries(desired.applications)) {
      const seen = observed.applications[key];
      if (seen === undefined) continue;
      const former = known.get(key);
      const earlier = desired.earlier[key] ?? NONE;
      const isSame = former?.desired === wanted && former.observed === seen && former.earlier === earlier;
      const targets = isSame ? former.targets : targetsOf([wanted, ...earlier], seen, former?.targets ?? []);
      next.set(key, isSame ? former : { desired: wanted, earlier, observed: seen, targets });
    }
    if (!isSameKnowledge(known, next)) all = [...next.values()].flatMap(({ targets }) => targets);
    known = next;
    return all;
  };
}

function isSameKnowledge(before: ReadonlyMap<string, Known>, after: ReadonlyMap<string, Known>): boolean {
  return before.size === after.size && [...after].every(([key, known]) => before.get(key) === known);
}

const NONE: readonly never[] = [];

/** `texts`: the newest, then earlier ones. */
function targetsOf(
  texts: readonly DesiredApplication[],
  observed: ObservedApplication,
  former: readonly ProbeTarget[],
): readonly ProbeTarget[] {
  const asked = new Map(former.map(({ id, probes }) => [id, probes]));
  return probedContainers(texts, observed).flatMap((one) => targetOf(one, asked) ?? []);
}

/** `asked`: container id → what it was asked until now. */
function targetOf(
  { desired, observed, instance, network }: ProbedContainer,
  asked: ReadonlyMap<string, Probes>,
): ProbeTarget | undefined {
  const { id, startedAt, health } = observed;
  const isAsDesired = isMadeFrom(desired, observed.identity?.configHash);
  const probes = isAsDesired ? desired.probes : (asked.get(id) ?? desired.probes);
  if (Object.keys(probes).length === 0) return undefined;
  return { id, startedAt, address: addressOf(observed, instance, network), probes, health };
}

/** That of the sandbox whose network the container is in, without its prefix length. */
function addressOf({ sandboxId }: ObservedContainer, { containers }: ObservedInstance, network: string): string {
  const sandbox = containers.find(({ id }) => id === sandboxId);
  return sandbox?.addresses[network]?.replace(/\/.*/, '') ?? '';
}
