import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import { sharedNetworkLabels, toLabels } from '../model/labels.ts';
import { sharedNetworkOf } from '../model/names.ts';
import type { ObservedNetwork } from '../model/observed.ts';
import type { ActionOf, Step } from '../model/plan.ts';
import type { Missing } from './missing.ts';
import type { ApplicationInput } from './plan-application.ts';
import { createNetworkId, toStep, type Purpose } from './steps.ts';

// What an application needs before anything of it is stopped or made: its network and its images.

/** The application network comes first. Without a free subnet the step is left out: the host's plan says so. */
export function planNetwork(input: ApplicationInput, desired: DesiredApplication): readonly Step[] {
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
  variables: '',
} as const;

export function networkExists(input: ApplicationInput, desired: DesiredApplication): boolean {
  return networksOf(input, desired).length > 0;
}

/** What has the name of its network, be it its own or a shared one. */
export function networksOf(
  { observed, sharedNetworks }: ApplicationInput,
  { network }: DesiredApplication,
): readonly ObservedNetwork[] {
  return [...(observed?.networks ?? []), ...sharedNetworks].filter(({ name }) => name === network);
}

export type ImageStep = Step & { readonly action: ActionOf<'import-sandbox-image' | 'pull-image'> };

/** One step an image that is missing, shared with every other application that needs it. */
export function planImages({ images }: ApplicationInput, instances: readonly DesiredInstance[]): readonly ImageStep[] {
  const sandbox = new Set(instances.map((instance) => instance.sandbox.image));
  const members = new Set(
    instances.flatMap(({ initContainers, containers }) => [...initContainers, ...containers].map(({ image }) => image)),
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

/** By the id alone: the network may be on its way, and then no step of this plan brings it. */
export function toMissing(input: ApplicationInput, desired: DesiredApplication, pulls: readonly ImageStep[]): Missing {
  return {
    network: networkExists(input, desired) ? [] : [createNetworkId(desired.network)],
    images: new Map(pulls.map(({ id, action }) => [action.image, id])),
  };
}
