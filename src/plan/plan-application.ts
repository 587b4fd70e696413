import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import { sharedNetworkLabels, toLabels } from '../model/labels.ts';
import { sharedNetworkOf, type ApplicationName } from '../model/names.ts';
import type { ObservedApplication, ObservedInstance, ObservedNetwork, ObservedVolume } from '../model/observed.ts';
import type { ActionOf, Step } from '../model/plan.ts';
import type { ImageIndex } from './image-presence.ts';
import { planRemoval } from './container-steps.ts';
import { everything, type Missing } from './missing.ts';
import { planInstance } from './plan-instance.ts';
import { planVolumeRemovals } from './plan-volume-removals.ts';
import { chain, createNetworkId, ends, toStep, type Purpose } from './steps.ts';

/** Everything that decides what one application needs on one host; equal inputs, equal steps. */
export interface ApplicationInput {
  readonly key: string;
  readonly name: ApplicationName;
  /** Absent: everything of it goes. */
  readonly desired: DesiredApplication | undefined;
  readonly observed: ObservedApplication | undefined;
  /** Its own, those included that outlived it. */
  readonly volumes: readonly ObservedVolume[];
  /** Of every tenant. */
  readonly sharedNetworks: readonly ObservedNetwork[];
  readonly owner: string;
  readonly site: string;
  readonly images: ImageIndex;
  /** For its network, when it has none yet. */
  readonly subnet: string | undefined;
  /** Targets a step is under way for: nothing more is planned for these. */
  readonly busy: ReadonlySet<string>;
}

/** The steps of one application. What runs is stopped only when the network and every image it needs are there. */
export function planApplication(input: ApplicationInput): readonly Step[] {
  const { desired } = input;
  return desired === undefined ? planApplicationRemoval(input) : planDesired(input, desired);
}

function planDesired(input: ApplicationInput, desired: DesiredApplication): readonly Step[] {
  const network = planNetwork(input, desired);
  const pulls = planImages(input, desired);
  const missing = toMissing(input, desired, pulls);
  const removed = planSurplus(input, desired, everything(missing));
  // The network is being made, or there is no room for it: instances follow at a later look.
  const hasNetwork = networkExists(input, desired) || network.length > 0;
  const untouched = hasNetwork ? input.busy : new Set([...input.busy, ...desired.instances.map(({ key }) => key)]);
  const kept = desired.instances
    .filter(({ key }) => !untouched.has(key))
    .flatMap((instance) => planKept(input, instance, missing));
  const steps = [...network, ...pulls, ...removed, ...kept];
  const reason = 'not in its specification';
  return [...steps, ...planVolumeRemovals({ ...input, desired, busy: untouched, steps, reason })];
}

/** By the id alone: the network may be on its way, and then no step of this plan brings it. */
function toMissing(input: ApplicationInput, desired: DesiredApplication, pulls: readonly ImageStep[]): Missing {
  return {
    network: networkExists(input, desired) ? [] : [createNetworkId(desired.network)],
    images: new Map(pulls.map(({ id, action }) => [action.image, id])),
  };
}

/**
 * Instances the specification no longer has: the highest numbers of a service go at once, but all of a service only
 * when its successor may come, with network and images (contract 8.4: removed services last).
 */
function planSurplus(
  input: ApplicationInput,
  desired: DesiredApplication,
  whenReady: readonly string[],
): readonly Step[] {
  // What runs of an instance that cannot be placed runs on: a host whose labels change throws nobody out.
  const wishes = [...desired.instances, ...desired.unplaced];
  const wanted = new Set(wishes.map((instance) => instance.key));
  return Object.values(input.observed?.instances ?? {})
    .filter((instance) => !wanted.has(instance.key) && !input.busy.has(instance.key))
    .flatMap((instance) => {
      const replicas = wishes.filter(({ name }) => name.service === instance.service).length;
      const purpose = surplusPurpose(input.key, instance, replicas);
      return planRemoval(instance, purpose, replicas === 0 ? whenReady : []);
    });
}

function planKept(input: ApplicationInput, instance: DesiredInstance, missing: Missing): readonly Step[] {
  const { version, revision } = input.desired ?? { version: undefined, revision: '' };
  const stamp = { owner: input.owner, site: input.site, revision, version };
  const observed = input.observed?.instances[instance.key];
  const networkIds = input.desired === undefined ? [] : networksOf(input, input.desired).map(({ id }) => id);
  const begun = runsVersion(input.observed, version);
  const volumes = new Map(input.volumes.map((volume) => [volume.name, volume]));
  const around = { application: input.key, networkIds, missing, begun, volumes };
  return planInstance({ desired: instance, observed, stamp, ...around });
}

function runsVersion(observed: ObservedApplication | undefined, version: string | undefined): boolean {
  const containers = Object.values(observed?.instances ?? {}).flatMap((instance) => instance.containers);
  return containers.some(({ identity }) => identity?.applicationVersion === version);
}

function surplusPurpose(application: string, instance: ObservedInstance, replicas: number): Purpose {
  const { service } = instance;
  const count = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  const reason = replicas === 0 ? `service ${service} is gone` : `service ${service} has ${count}`;
  return { target: instance.key, application, intent: 'remove', reason };
}

/** The application network comes first. Without a free subnet the step is left out: the host's plan says so. */
function planNetwork(input: ApplicationInput, desired: DesiredApplication): readonly Step[] {
  if (input.subnet === undefined || networkExists(input, desired) || desired.instances.length === 0) return [];
  const { network } = desired;
  const sharedNetwork = sharedNetworkOf(network);
  const purpose: Purpose = {
    target: network,
    application: sharedNetwork === undefined ? input.key : '',
    intent: 'prepare',
    reason: sharedNetwork === undefined ? 'the application network' : 'a network that applications share',
  };
  const { owner, site, name } = input;
  const application = sharedNetwork === undefined ? name.application : '';
  const labels = {
    ...toLabels({ owner, site, tenant: name.tenant, application, ...OF_NO_INSTANCE, revision: desired.revision }),
    ...sharedNetworkLabels(sharedNetwork),
  };
  return [toStep({ kind: 'create-network', network: desired.network, subnet: input.subnet, labels }, purpose, [])];
}

/** A network carries the role of what holds a place on it, and belongs to no instance. */
const OF_NO_INSTANCE = {
  role: 'sandbox',
  applicationVersion: undefined,
  service: '',
  index: 0,
  container: '',
  configHash: '',
} as const;

function networkExists(input: ApplicationInput, desired: DesiredApplication): boolean {
  return networksOf(input, desired).length > 0;
}

/** What has the name of its network, be it its own or a shared one. */
function networksOf({ observed, sharedNetworks }: ApplicationInput, { network }: DesiredApplication) {
  return [...(observed?.networks ?? []), ...sharedNetworks].filter(({ name }) => name === network);
}

/** One step an image that is missing, shared with every other application that needs it. */
function planImages({ images }: ApplicationInput, desired: DesiredApplication): readonly ImageStep[] {
  const sandbox = new Set(desired.instances.map((instance) => instance.sandbox.image));
  const members = new Set(
    desired.instances.flatMap(({ initContainers, containers }) =>
      [...initContainers, ...containers].map(({ image }) => image),
    ),
  );
  const missing = (image: string) => images.find(image) === undefined;
  const purpose = (image: string): Purpose => ({
    target: image,
    application: '',
    intent: 'prepare',
    reason: 'not on the host',
  });
  const bring = (kind: ImageStep['action']['kind']) => (image: string) => {
    const action = { kind, image };
    return { ...toStep(action, purpose(image), []), action };
  };
  return [
    ...[...sandbox].filter(missing).map(bring('import-sandbox-image')),
    ...[...members].filter(missing).map(bring('pull-image')),
  ];
}

type ImageStep = Step & { readonly action: ActionOf<'import-sandbox-image' | 'pull-image'> };

/** The instances go side by side, then their volumes and the networks. Persistent volumes stay (contract 2). */
function planApplicationRemoval(input: ApplicationInput): readonly Step[] {
  const { key, observed, busy } = input;
  const reason = 'the application is no longer deployed here';
  const instances = Object.values(observed?.instances ?? {});
  const removed = instances
    .filter((instance) => !busy.has(instance.key))
    .flatMap((instance) =>
      planRemoval(instance, { target: instance.key, application: key, intent: 'remove', reason }, []),
    );
  if (instances.some((instance) => busy.has(instance.key))) return removed;
  const after = ends(removed, []);
  const purpose: Purpose = { target: key, application: key, intent: 'remove', reason };
  return [
    ...removed,
    ...planVolumeRemovals({ ...input, desired: undefined, steps: removed, reason }),
    ...(observed?.networks ?? []).flatMap((network) => chain([removeNetwork(network)], purpose, after)),
  ];
}

function removeNetwork({ name, id }: ObservedNetwork) {
  return { kind: 'remove-network' as const, network: name, id };
}
