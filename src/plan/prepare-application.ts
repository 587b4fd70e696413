import type { DesiredApplication, DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { sharedNetworkLabels, toLabels } from '../model/labels.ts';
import { markerLabels, markerName, type Marker } from '../model/markers.ts';
import { sharedNetworkOf } from '../model/names.ts';
import type { ObservedNetwork } from '../model/observed.ts';
import type { ActionOf, MarkerNote, Step } from '../model/plan.ts';
import type { SignatureDemand } from '../model/signature-demand.ts';
import type { Missing } from './missing.ts';
import type { ApplicationInput } from './plan-application.ts';
import { verifiedReference } from './signed-images.ts';
import { createNetworkId, pullId, toStep, type Purpose } from './steps.ts';

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

/**
 * One step an image that is missing, shared with every other application that needs it; and one for an image that is
 * pulled before every creation, or that is not known to be signed, which counts only when something is created
 * (`isNeeded`).
 */
export function planImages(
  input: ApplicationInput,
  { hash, signatures }: DesiredApplication,
  instances: readonly DesiredInstance[],
): readonly ImageStep[] {
  const sandboxes = new Set(instances.map((instance) => instance.sandbox.image));
  const members = membersOf(instances);
  const always = new Set(members.flatMap(({ image, pullAlways }) => (pullAlways ? [image] : [])));
  const pulls = [...new Set(members.map(({ image }) => image))].flatMap((image) => {
    const isThere = hasImage(input, image);
    const isGood = signatures.length === 0 || verifiedReference(image, signatures, input) !== undefined;
    const isFresh = !always.has(image) || input.freshPulls.get(pullId(image, input.key)) === hash;
    return isThere && isGood && isFresh
      ? []
      : [pull(input, { image, isThere, isAlways: always.has(image), signatures })];
  });
  const missing = [...sandboxes].filter((image) => !hasImage(input, image));
  return [...missing.map((image) => toImageStep({ kind: 'import-sandbox-image', image }, '', MISSING)), ...pulls];
}

const MISSING = 'not on the host';
const ALWAYS = 'image-pull: always';
const UNVERIFIED = 'it has to be signed';
const MISSING_SIGNED = 'not on the host, and has to be signed';

/** One that is on the host already is pulled only for the sake of a step that is taken now. */
export function isNeeded({ id, reason }: ImageStep, steps: readonly Step[]): boolean {
  const isMissing = reason === MISSING || reason === MISSING_SIGNED;
  return isMissing || steps.some(({ after, awaits }) => awaits === undefined && after.includes(id));
}

function hasImage({ images }: ApplicationInput, image: string): boolean {
  return images.find(image) !== undefined;
}

/** What Fairlead brings it may take away again. */
function noteOf({ owner, site, now }: ApplicationInput, image: string): MarkerNote {
  const marker: Marker = { kind: 'pulled-image', tenant: '', application: '', image, at: now };
  return { marker, name: markerName(marker, owner), labels: markerLabels(marker, { owner, site }) };
}

interface Pulled {
  readonly image: string;
  readonly isThere: boolean;
  readonly isAlways: boolean;
  readonly signatures: readonly SignatureDemand[];
}

/** A pull that is repeated, or has to bring what is signed, belongs to its application; one of what is missing to everybody. */
function pull(input: ApplicationInput, { image, isThere, isAlways, signatures }: Pulled): ImageStep {
  const signed = signatures.length === 0 ? undefined : { demands: signatures, anew: isAlways };
  const application = isAlways || signed !== undefined ? input.key : '';
  const note = isThere ? undefined : noteOf(input, image);
  const action = { kind: 'pull-image', image, note, for: application, signed } as const;
  const [missing, present] = signed === undefined ? [MISSING, ALWAYS] : [MISSING_SIGNED, UNVERIFIED];
  return toImageStep(action, application, isThere ? (isAlways ? ALWAYS : present) : missing);
}

function toImageStep(action: ImageStep['action'], application: string, reason: string): ImageStep {
  return { ...toStep(action, { target: action.image, application, intent: 'prepare', reason }, []), action };
}

/** By the id alone: the network may be on its way, and then no step of this plan brings it. */
export function toMissing(
  input: ApplicationInput,
  desired: DesiredApplication,
  { pulls, instances }: { readonly pulls: readonly ImageStep[]; readonly instances: readonly DesiredInstance[] },
): Missing {
  const { signatures } = desired;
  return {
    network: networkExists(input, desired) ? [] : [createNetworkId(desired.network)],
    images: new Map(pulls.map(({ id, action }) => [action.image, id])),
    verified: signatures.length === 0 ? undefined : verifiedImages(input, signatures, instances),
  };
}

/** Only what these instances have, so that nothing else is made by it. */
function verifiedImages(
  input: ApplicationInput,
  demands: readonly SignatureDemand[],
  instances: readonly DesiredInstance[],
): ReadonlyMap<string, string> {
  const images = new Set(membersOf(instances).map(({ image }) => image));
  return new Map(
    [...images].flatMap((image) => {
      const found = verifiedReference(image, demands, input);
      return found === undefined ? [] : [[image, found] as const];
    }),
  );
}

/** What comes from registries. */
function membersOf(instances: readonly DesiredInstance[]): readonly DesiredContainer[] {
  return instances.flatMap(({ initContainers, containers }) => [...initContainers, ...containers]);
}
