// Whether what the API answers about a fleet (fleet.ts) is of one snapshot.

/** What is looked at of an element of `/v1/state/system/cluster/service-instances`. */
interface Listed {
  readonly name: string;
  readonly application: string;
  readonly 'application-version': string;
  readonly containers: readonly { readonly 'total-restarts': number }[];
}

/**
 * What of the list of all instances cannot have been at one moment, in words: every instance is in one version, and
 * what crashes does so in the applications 2n and 2n + 1 at once.
 * @param text the answer; one that is cut off throws
 * @param count how many instances there are
 */
export function tearsIn(text: string, count: number): readonly string[] {
  const listed = JSON.parse(text) as readonly Listed[];
  const versions = new Set(listed.map((instance) => instance['application-version']));
  const first = listed.filter(({ name }) => name.endsWith('.web-1'));
  const restarts = new Map(first.map(({ application, containers: [only] }) => [application, only?.['total-restarts']]));
  const apart = [...restarts].filter(([application, total]) => total !== restarts.get(partnerOf(application)));
  return [
    ...(listed.length === count ? [] : [`${listed.length} instances of ${count}`]),
    ...(versions.size === 1 ? [] : [`versions ${[...versions].join(', ')} in one list`]),
    ...apart.map(([application]) => `${application} crashed without ${partnerOf(application)}`),
  ];
}

/** `app-6` and `app-7` crash together. */
function partnerOf(application: string): string {
  return `app-${Number(application.slice('app-'.length)) ^ 1}`;
}
