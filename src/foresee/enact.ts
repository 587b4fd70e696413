import { applicationKey } from '../model/names.ts';
import { toObservedApplication } from '../model/observed-applications.ts';
import type { ObservedApplication, ObservedHost, ObservedVolume } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';
import { byName } from './by-name.ts';
import { effectOf } from './effects.ts';
import { sceneOf, type Moment, type Scene, type World } from './world.ts';

/** What becomes of a scene, by the key of its application; '' for what belongs to none. */
export type Change = readonly [key: string, (scene: Scene) => Scene];

/** Changes in their order, one after the other those of an application: what is not changed stays the same object. */
export function enact(world: World, changes: readonly Change[]): World {
  const applications = new Map(Object.entries(world.host.applications));
  const touched = new Map<string, readonly ObservedVolume[]>();
  let { host, hidden } = world;
  for (const [key, own] of groupByKey(changes)) {
    const scene = own.reduce((before, change) => change(before), sceneOf({ host, hidden }, key));
    hidden = { files: scene.files, mounted: scene.mounted, ids: scene.ids };
    host = withShared(host, scene);
    if (key === '') continue;
    touched.set(key, scene.volumes);
    const application = toObservedApplication(key, scene);
    if (application === undefined) applications.delete(key);
    else applications.set(key, application);
  }
  const persistentVolumes = persistent(host.persistentVolumes, touched);
  return { host: { ...host, applications: Object.fromEntries(applications), persistentVolumes }, hidden };
}

/** The steps as changes. */
export function changesOf(steps: readonly Step[], { applications }: ObservedHost, moment: Moment): readonly Change[] {
  return steps.map((step) => [placeOf(step, applications), (scene) => effectOf(scene, step.action, moment)]);
}

/** A network that its application has no use for any more is removed as nobody's. */
function placeOf({ application, action }: Step, applications: ObservedHost['applications']): string {
  if (action.kind !== 'remove-network' || application !== '') return application;
  const own: ObservedApplication | undefined = applications[action.network];
  return own?.networks.some(({ id }) => id === action.id) === true ? own.key : '';
}

function groupByKey(changes: readonly Change[]): ReadonlyMap<string, readonly Change[1][]> {
  const groups = new Map<string, Change[1][]>();
  for (const [key, change] of changes) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return groups;
}

function withShared(host: ObservedHost, scene: Scene): ObservedHost {
  const { sharedNetworks, images, logs, takenSubnets, hostMarkers: markers } = scene;
  return { ...host, sharedNetworks, images, logs, takenSubnets, markers };
}

/** Of every application, whether it is there or not. */
function persistent(
  before: readonly ObservedVolume[],
  touched: ReadonlyMap<string, readonly ObservedVolume[]>,
): readonly ObservedVolume[] {
  const others = before.filter(({ identity }) => !touched.has(applicationKey(identity)));
  const own = [...touched.values()].flat().filter(({ kind }) => kind === 'persistent');
  const known = new Set(before);
  const isSame = others.length + own.length === before.length && own.every((volume) => known.has(volume));
  return isSame ? before : [...others, ...own].sort(byName);
}
