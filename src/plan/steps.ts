import { versionName, type Marker, type MarkerKind } from '../model/markers.ts';
import { applicationKey, type Role } from '../model/names.ts';
import type { Action, Intent, Step } from '../model/plan.ts';

/** The sentence that names an action; stable across plans, so it is the step's id. */
export function sentence(action: Action): string {
  switch (action.kind) {
    case 'import-sandbox-image':
      return `make sandbox image ${action.image}`;
    case 'pull-image':
      return pullId(action.image, action.for);
    case 'remove-image':
      return `remove image ${action.image}`;
    case 'create-network':
      return createNetworkId(action.network);
    case 'remove-network':
      return `remove network ${action.network}`;
    case 'create-container':
      return `create ${noun(action.container.role)} ${action.container.name}`;
    case 'start-container':
      return startId(action.name);
    case 'unpause-container':
      return `unpause container ${action.name}`;
    case 'update-container':
      return `update container ${action.name}`;
    case 'rename-container':
      return `rename container to ${action.name}`;
    case 'stop-container':
      return `stop container ${action.name}`;
    case 'remove-container':
      return `remove container ${action.name}${action.log === undefined ? '' : ', keeping its log'}`;
    case 'create-marker':
      return `${MARKER_SENTENCES[action.marker.kind].begin} ${placeOf(action.marker)}`;
    case 'begin-delayed-shutdown':
      return beginShutdownId(action.name);
    case 'remove-marker':
      return `${MARKER_SENTENCES[action.marker.kind].end} ${placeOf(action.marker)}`;
    case 'create-volume':
      return `create volume ${action.volume.name}`;
    case 'remove-volume':
      return `remove volume ${action.name}`;
    case 'write-files':
      return `write files of ${action.name}`;
    case 'announce-files':
      return `${action.cmd.length === 0 ? 'note files of' : 'announce files to'} ${action.name}`;
    default:
      return action satisfies never;
  }
}

const MARKER_SENTENCES: Readonly<Record<MarkerKind, { readonly begin: string; readonly end: string }>> = {
  upgrade: { begin: 'begin upgrade of', end: 'end upgrade of' },
  'upgrade-aborted': { begin: 'abort upgrade of', end: 'forget aborted upgrade of' },
  lingering: { begin: 'let linger sandbox', end: 'forget lingering sandbox' },
  'shutdown-asked': { begin: 'note shutdown of sandbox', end: 'forget shutdown of sandbox' },
  restart: { begin: 'note restart of sandbox', end: 'end restart of sandbox' },
  'pulled-image': { begin: 'note pull of image', end: 'forget pull of image' },
};

function placeOf(marker: Marker): string {
  switch (marker.kind) {
    case 'upgrade':
    case 'upgrade-aborted':
      return `${applicationKey(marker)} to ${versionName(marker.to)}`;
    case 'lingering':
    case 'shutdown-asked':
    case 'restart':
      return marker.sandboxId.slice(0, 12);
    case 'pulled-image':
      return marker.image;
    default:
      return marker satisfies never;
  }
}

/** `pull image nginx:1.27`, or with the application that always pulls it: `pull image nginx:1.27 for acme.shop`. */
export function pullId(image: string, application: string): string {
  return `pull image ${image}${application === '' ? '' : ` for ${application}`}`;
}

/** For who has to wait for it without having the step. */
export function createNetworkId(network: string): string {
  return `create network ${network}`;
}

/** For who wants to know what came of it. */
export function beginShutdownId(instance: string): string {
  return `begin delayed shutdown of ${instance}`;
}

/** The start of a container, for who does not have the step. */
export function startId(container: string): string {
  return `start container ${container}`;
}

function noun(role: Role): string {
  return role === 'init-container' ? 'init container' : role;
}

/** What the steps of one target have in common. */
export interface Purpose {
  readonly target: string;
  readonly application: string;
  readonly intent: Intent;
  readonly reason: string;
}

export function toStep(action: Action, purpose: Purpose, after: readonly string[]): Step {
  return { id: sentence(action), action, ...purpose, after };
}

/** Actions one after another: each waits for the one before it, the first for `after`. */
export function chain(actions: readonly Action[], purpose: Purpose, after: readonly string[]): readonly Step[] {
  let before = after;
  return actions.map((action) => {
    const step = toStep(action, purpose, before);
    before = [step.id];
    return step;
  });
}

/** What a follower of these steps waits for: the ends of their chains; `otherwise` when there are none. */
export function ends(steps: readonly Step[], otherwise: readonly string[]): readonly string[] {
  if (steps.length === 0) return otherwise;
  const awaited = new Set(steps.flatMap((step) => step.after));
  return steps.map((step) => step.id).filter((id) => !awaited.has(id));
}
