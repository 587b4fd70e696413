import { applicationKey } from '../model/names.ts';
import type { Identity, ObservedHost } from '../model/observed.ts';

/** By application key: the versions that run, each with a commit in whose text it was found. */
export type RunningVersions = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What the labels of the containers say. */
export function runningVersions(observed: ObservedHost | undefined): RunningVersions {
  const found = new Map<string, Map<string, string>>();
  for (const identity of observed === undefined ? [] : identitiesOf(observed)) {
    const { applicationVersion: version, revision } = identity;
    if (version === undefined || version === '') continue;
    const key = applicationKey(identity);
    const versions = found.get(key);
    if (versions === undefined) found.set(key, new Map([[version, revision]]));
    else versions.set(version, revision);
  }
  return found;
}

/** The commits in the labels of what runs. */
export function runningRevisions(observed: ObservedHost): readonly string[] {
  const revisions = new Set(identitiesOf(observed).map(({ revision }) => revision));
  return [...revisions].filter((revision) => revision !== '');
}

function identitiesOf({ applications }: ObservedHost): readonly Identity[] {
  const instances = Object.values(applications).flatMap((one) => Object.values(one.instances));
  return instances.flatMap(({ containers }) => containers).flatMap(({ identity }) => identity ?? []);
}
