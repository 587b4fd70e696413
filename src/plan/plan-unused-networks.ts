import type { DesiredSite } from '../model/desired.ts';
import type { ObservedApplication, ObservedHost, ObservedNetwork } from '../model/observed.ts';
import { own } from '../model/own.ts';
import type { Step } from '../model/plan.ts';
import { EVERY_TENANT } from '../spec/layout.ts';
import { chain } from './steps.ts';

/**
 * Networks nobody needs any more: shared ones that no application wants, and an application's own since it shares one.
 * One that something is still on is not touched, whoever that is; its time comes.
 */
export function planUnusedNetworks(desired: DesiredSite, observed: ObservedHost): readonly Step[] {
  const wanted = new Set(Object.values(desired.applications).map(({ network }) => network));
  const own = Object.values(desired.applications).flatMap(({ key }) => observed.applications[key]?.networks ?? []);
  const unwanted = [...observed.sharedNetworks, ...own].filter(
    (one) => !wanted.has(one.name) && !isFrozen(one, desired),
  );
  if (unwanted.length === 0) return [];
  const inUse = new Set(Object.values(observed.applications).flatMap(networksInUse));
  const unused = unwanted.filter(({ name }) => !inUse.has(name));
  return unused.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(removal);
}

/** While a broken file of its tenant may want it. */
function isFrozen({ identity }: ObservedNetwork, { frozenTenants }: DesiredSite): boolean {
  return (own(frozenTenants, identity?.tenant ?? '') ?? frozenTenants[EVERY_TENANT]) !== undefined;
}

/** Names; of a container that does not run, too. */
function networksInUse({ instances, lingering }: ObservedApplication): readonly string[] {
  const containers = [...Object.values(instances), ...lingering].flatMap((instance) => instance.containers);
  return containers.flatMap(({ addresses }) => Object.keys(addresses));
}

function removal({ name, id }: ObservedNetwork): readonly Step[] {
  const purpose = { target: name, application: '', intent: 'remove', reason: 'no application uses it' } as const;
  return chain([{ kind: 'remove-network', network: name, id }], purpose, []);
}
