import { emptyHost } from '../foresee/empty-host.ts';
import type { DesiredApplication, DesiredSite } from '../model/desired.ts';
import type { ObservedApplication, ObservedHost, ObservedInstance } from '../model/observed.ts';

/** A host on which every instance of a site is there, as far as those ask who count them: nothing is known of its containers. */
export function standingHost({ applications, host }: DesiredSite): ObservedHost {
  const entries = Object.entries(applications).map(([key, application]): [string, ObservedApplication] => [
    key,
    standing(application),
  ]);
  return { ...emptyHost(host.name), applications: Object.fromEntries(entries) };
}

function standing({ key, name, instances }: DesiredApplication): ObservedApplication {
  const entries = instances.map(({ key: instance, name: { service, index } }): [string, ObservedInstance] => [
    instance,
    { key: instance, service, index, containers: [] },
  ]);
  return { key, name, networks: [], volumes: [], instances: Object.fromEntries(entries), lingering: [], markers: [] };
}
