import type { DesiredApplication, DesiredSite, UnplacedInstance } from '../model/desired.ts';
import type { ObservedApplication, ObservedHost } from '../model/observed.ts';
import { isInstanceOf } from '../upgrade/earlier-text.ts';
import { shareOut, type Share } from './share-out.ts';

/** What is desired of a host, without what the policies do not let be made. */
export interface Admission {
  readonly desired: DesiredSite;
  readonly admitted: DesiredSite;
  readonly applications: ReadonlyMap<string, AdmittedApplication>;
}

interface AdmittedApplication {
  readonly desired: DesiredApplication;
  readonly reasons: ReadonlyMap<string, string>;
  readonly admitted: DesiredApplication;
}

export interface AdmissionFacts {
  readonly desired: DesiredSite;
  readonly observed: ObservedHost;
  /** Keys of instances that something is being done to: one that is being replaced is there, though it cannot be seen. */
  readonly underWay: ReadonlySet<string>;
}

/**
 * Withholds instances that may not be made: of a text that the policies forbid, and beyond the quota of their tenant.
 * NOTHING THAT RUNS IS STOPPED: what was made from the very text desired is kept and healed whatever the policies say
 * now, and what would be brought to another text stays as it is. `former` saves work: what is as before is the same
 * object as before.
 */
export function admit(facts: AdmissionFacts, former?: Admission): Admission {
  const { desired } = facts;
  const refused = withheldByText(facts);
  const reasons = new Map([...refused, ...withheldByQuota(facts, new Set(refused.keys()))]);
  const applications = new Map<string, AdmittedApplication>();
  for (const key of new Set([...reasons.keys()].map(applicationOf))) {
    const application = desired.applications[key];
    if (application === undefined) continue;
    const own = new Map([...reasons].filter(([instance]) => applicationOf(instance) === key));
    applications.set(key, withhold(application, own, former?.applications.get(key)));
  }
  if (applications.size === 0) return { desired, admitted: desired, applications };
  if (former?.desired === desired && isSameApplications(former.applications, applications)) return former;
  const replaced = [...applications].map(([key, { admitted }]) => [key, admitted] as const);
  const admitted = { ...desired, applications: { ...desired.applications, ...Object.fromEntries(replaced) } };
  return { desired, admitted, applications };
}

/** `acme.shop.web-1` → `acme.shop` */
function applicationOf(instance: string): string {
  return instance.slice(0, instance.lastIndexOf('.'));
}

function withhold(
  desired: DesiredApplication,
  reasons: ReadonlyMap<string, string>,
  former: AdmittedApplication | undefined,
): AdmittedApplication {
  if (former?.desired === desired && isSameReasons(former.reasons, reasons)) return former;
  const withheld = desired.instances.flatMap(({ key, name }): UnplacedInstance[] => {
    const reason = reasons.get(key);
    return reason === undefined ? [] : [{ key, name, reason, stays: true }];
  });
  const instances = desired.instances.filter(({ key }) => !reasons.has(key));
  return { desired, reasons, admitted: { ...desired, instances, unplaced: [...desired.unplaced, ...withheld] } };
}

function isSameReasons(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, reason]) => b.get(key) === reason);
}

function isSameApplications(
  a: ReadonlyMap<string, AdmittedApplication>,
  b: ReadonlyMap<string, AdmittedApplication>,
): boolean {
  return a.size === b.size && [...a].every(([key, one]) => b.get(key) === one);
}

/**
 * Of applications whose text the policies forbid. It was in force before they did: where all that runs was made from it,
 * it is kept up as it is; where something else runs, or nothing, nothing is made from it.
 */
function withheldByText({ desired, observed, underWay }: AdmissionFacts): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  for (const application of Object.values(desired.applications)) {
    const { key, refused, instances } = application;
    if (refused === undefined) continue;
    const seen = observed.applications[key];
    const stands = (instance: string) => underWay.has(instance) || seen?.instances[instance] !== undefined;
    if (instances.some((one) => stands(one.key)) && allMadeFrom(application, seen)) continue;
    for (const instance of instances) {
      const found = seen?.instances[instance.key];
      if (found === undefined || !isInstanceOf(instance, found)) reasons.set(instance.key, refused);
    }
  }
  return reasons;
}

function allMadeFrom({ instances }: DesiredApplication, seen: ObservedApplication | undefined): boolean {
  return instances.every((instance) => {
    const found = seen?.instances[instance.key];
    return found === undefined || isInstanceOf(instance, found);
  });
}

function withheldByQuota(
  { desired, observed, underWay }: AdmissionFacts,
  withheld: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  for (const [tenant, quota] of Object.entries(desired.quotas)) {
    const isOwn = (key: string) => key.startsWith(`${tenant}.`);
    const share: Share = {
      tenant,
      quota,
      applications: Object.values(desired.applications).filter(({ key }) => isOwn(key)),
      leftAlone: Object.keys(desired.leftAlone).flatMap((key) =>
        isOwn(key) ? (observed.applications[key] ?? []) : [],
      ),
      observed: observed.applications,
      underWay,
      withheld,
    };
    for (const [key, reason] of shareOut(share)) reasons.set(key, reason);
  }
  return reasons;
}
