import type { ApplicationReview, FieldChange, SiteReview, UpgradeReview, VolumeReview } from '../status/documents.ts';

// What a review says, in lines that are the same in every format.

/** What is done to an application, as a person says it. */
export const CHANGE_WORDS: Readonly<Record<ApplicationReview['change'], string>> = {
  added: 'added',
  removed: 'removed',
  restarted: 'restarted WITHOUT COORDINATION',
  upgraded: 'upgraded',
  changed: 'changed',
  waiting: 'HELD BACK',
  untouched: 'not touched',
};

const VOLUME_WORDS: Readonly<Record<VolumeReview['fate'], string>> = {
  created: 'is made, empty',
  removed: 'is removed WITH ITS DATA',
  'stays-behind': 'STAYS BEHIND with its data',
};

const FATES = [
  ['removed', 'data REMOVED'],
  ['stays-behind', 'data STAYS BEHIND'],
] as const;

/** What becomes of data that was used, and of which volumes: `[['data STAYS BEHIND', ['acme.shop.db-1.data']]]`. */
export function fatesOfData({ volumes }: ApplicationReview): readonly (readonly [string, readonly string[]])[] {
  return FATES.flatMap(([fate, words]) => {
    const names = volumes.filter((one) => one.fate === fate).map(({ volume }) => volume);
    return names.length === 0 ? [] : [[words, names] as const];
  });
}

/** What needs attention beside what is held: nobody should have to look for it. */
export function isGrave({ change }: ApplicationReview): boolean {
  return change === 'restarted' || change === 'removed' || change === 'waiting';
}

/** Sites at which the very same happens are told together, in the order of the first. */
export function groupSites(sites: readonly SiteReview[]): readonly (readonly [SiteReview, readonly SiteReview[]])[] {
  const groups = new Map<string, [SiteReview, SiteReview[]]>();
  for (const one of sites) {
    const key = JSON.stringify({ ...one, site: '', host: '' });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one, [one]]);
    else group[1].push(one);
  }
  return [...groups.values()];
}

/** `site berlin`, `new site berlin`, `sites berlin, paris` */
export function nameSites(group: readonly SiteReview[]): string {
  const names = group.map(({ site }) => site).join(', ');
  const word = group.length === 1 ? 'site' : 'sites';
  const change = group[0]?.change ?? 'changed';
  return { added: `new ${word} ${names}`, removed: `${word} ${names} removed`, changed: `${word} ${names}` }[change];
}

/** Everything about an application but its fields and what is asked of the engine. */
export function factsOf(one: ApplicationReview): readonly string[] {
  const { uncoordinated, upgrade, services, volumes, pulls } = one;
  return [
    ...(uncoordinated.length === 0 ? [] : [`down at once, nobody waits for them: ${uncoordinated.join(', ')}`]),
    ...(upgrade === undefined ? durationFacts(one) : upgradeFacts(upgrade, one.duration)),
    ...services.map(({ service, change, from, to }) => {
      const words = { added: `is new: ${instances(to)}`, removed: `goes: ${instances(from)}` };
      return `service ${service} ${change === 'scaled' ? `has ${to} instead of ${instances(from)}` : words[change]}`;
    }),
    ...volumes.map(({ volume, fate }) => {
      return `volume ${volume} ${VOLUME_WORDS[fate]}`;
    }),
    ...pulls.map((image) => `image ${image} is pulled`),
  ];
}

function durationFacts({ duration }: ApplicationReview): readonly string[] {
  return duration === '0ms' ? [] : [`it takes at least ${duration}`];
}

function upgradeFacts(upgrade: UpgradeReview, duration: string): readonly string[] {
  const { method, batches } = upgrade;
  const after =
    upgrade['on-failure'] === 'rollback' ? 'the version before comes back' : 'everything stays as it is then';
  const isInBatches = method === 'per-service';
  const how = isInBatches ? `per-service, ${counted(batches.length, 'batch', 'batches')}` : method;
  const least = duration === '0ms' ? '' : `, at least ${duration}`;
  if (!isInBatches)
    return [
      `${how}${least}; if it fails, ${after}`,
      `all stop, then all start: ${batches.flatMap((one) => one.instances).join(', ')}`,
    ];
  return [
    `${how}${least}; if it fails, ${after}`,
    ...batches.map((one) => {
      const healthy = one['healthy-time'] === '0ms' ? '' : `, then ready for ${one['healthy-time']}`;
      const begins = one.begins === '0ms' ? 'at once' : `after ${one.begins}`;
      return `batch ${one.batch}: ${one.instances.join(', ')} ${begins}${healthy}`;
    }),
  ];
}

function instances(count: number): string {
  return counted(count, 'instance', 'instances');
}

export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Those held for one reason together. */
export function groupHeld({
  held,
}: SiteReview): readonly { readonly applications: readonly string[]; readonly reason: string }[] {
  return [...new Set(held.map(({ reason }) => reason))].map((reason) => ({
    reason,
    applications: held.filter((one) => one.reason === reason).map(({ application }) => application),
  }));
}

/** The two sides of a difference, each on a line of its own; '' for one that is not there. */
export function sidesOf(field: FieldChange): readonly [old: string, now: string] {
  const { old, new: now } = field;
  const [place, note] = [placeOf(field), noteOf(field)];
  return [old === undefined ? '' : `${place}: ${old}`, now === undefined ? '' : `${place}: ${now}${note}`];
}

/** `version: "1.0" → "2.0"` */
export function formatField(field: FieldChange): string {
  const { old, new: now } = field;
  const place = placeOf(field);
  if (old === undefined) return `${place}: new ${now ?? ''}`;
  if (now === undefined) return `${place}: gone, was ${old}`;
  return `${place}: ${old} → ${now}${noteOf(field)}`;
}

function placeOf({ document, path, line }: FieldChange): string {
  const where = line === undefined ? path : `${path} from line ${line}`;
  return document === 'application-deployment' ? `deployment: ${where}` : where;
}

/** Two values that look alike for what is hidden of them. */
function noteOf({ old, new: now, masked }: FieldChange): string {
  return masked && old === now ? ' (another value)' : '';
}
