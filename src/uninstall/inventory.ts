import type { Foreseen } from '../foresee/foresee.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Action, Step } from '../model/plan.ts';

/** What is on a host under one owner, as far as removing all of it is concerned. */
export interface Inventory {
  /** In the order in which they go: `container acme.shop.web-1.page`. */
  readonly goes: readonly string[];
  /** ms that it takes at least, for old instances that may live on. */
  readonly atLeastMs: number;
  /** Why something may stay though it should go. */
  readonly hindrances: readonly string[];
  readonly stays: readonly KeptVolume[];
}

/** A volume with data. */
export interface KeptVolume {
  /** On the engine. */
  readonly name: string;
  readonly what: 'persistent' | 'ephemeral' | 'kept log';
  /** The folder on the host that holds it; '' for the engine's own store. */
  readonly hostPath: string;
}

/** From what is foreseen for a site of which nothing is desired. */
export function inventoryOf({ steps, end, observed }: Foreseen): Inventory {
  const taken = steps.map(({ step }) => step);
  const waits = end.kind === 'waits' ? end.for.map(({ reason }) => reason) : [];
  return {
    goes: thingsOf(taken),
    atLeastMs: steps.at(-1)?.at ?? 0,
    hindrances: end.kind === 'endless' ? [`${end.step} would be done again and again`] : waits,
    stays: keptVolumes(observed),
  };
}

/** Volumes that removing everything leaves, sorted by name. */
function keptVolumes({ applications, persistentVolumes, logs }: ObservedHost): readonly KeptVolume[] {
  const own = Object.values(applications).flatMap(({ volumes }) => volumes);
  const data = [...own, ...persistentVolumes].flatMap(({ name, kind, hostPath }): readonly KeptVolume[] =>
    kind === 'files' ? [] : [{ name, what: kind, hostPath }],
  );
  const kept = logs.map(({ name }): KeptVolume => ({ name, what: 'kept log', hostPath: '' }));
  const byName = new Map([...data, ...kept].map((volume) => [volume.name, volume]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is noted on the way is not there yet, and goes again: nobody has to know. */
function thingsOf(steps: readonly Step[]): readonly string[] {
  const noted = new Set(steps.flatMap(({ action }) => notedBy(action)));
  return steps.flatMap(({ action }) => {
    const thing = thingOf(action);
    return thing === undefined || (action.kind === 'remove-marker' && noted.has(action.name)) ? [] : [thing];
  });
}

function notedBy(action: Action): readonly string[] {
  if (action.kind === 'create-marker') return [action.name];
  return action.kind === 'begin-delayed-shutdown' ? [action.noted.name] : [];
}

/** undefined: nothing is removed by it. */
function thingOf(action: Action): string | undefined {
  switch (action.kind) {
    case 'remove-container':
      return `container ${action.name}${action.log === undefined ? '' : ', its log is kept'}`;
    case 'remove-network':
      return `network ${action.network}`;
    case 'remove-volume':
      return `config map ${action.name}`;
    case 'remove-marker':
      return `marker ${action.name}`;
    case 'remove-image':
      return `image ${action.image}, unless somebody else uses it`;
    default:
      return undefined;
  }
}
