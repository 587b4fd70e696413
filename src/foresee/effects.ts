import type { Action, ActionKind, ActionOf } from '../model/plan.ts';
import { changed, ended, made, removed, started, stopped, woken } from './container-effects.ts';
import {
  told,
  withDigest,
  withImage,
  withMarker,
  withNetwork,
  withoutImage,
  withoutMarker,
  withoutNetwork,
  withoutVolume,
  withVolume,
  written,
} from './thing-effects.ts';
import { foreseenReference } from './signed-by.ts';
import type { Moment, Scene } from './world.ts';

type Effect<K extends ActionKind> = (scene: Scene, action: ActionOf<K>, moment: Moment) => Scene;

/** What comes of each kind of action, if all goes well. The compiler checks that none is missing. */
const EFFECTS: { readonly [K in ActionKind]: Effect<K> } = {
  'import-sandbox-image': (scene, { image }) => withImage(scene, image),
  // What is there already is the newest.
  'pull-image': (scene, action, moment) => {
    const { image, note, signed } = action;
    const brought = note === undefined ? scene : withImage(withMarker(scene, note, moment), image);
    return signed === undefined ? brought : withDigest(brought, image, foreseenReference(action));
  },
  'remove-image': (scene, { image, marker }) => ({
    ...withoutMarker(scene, marker.name),
    images: withoutImage(scene.images, image),
  }),
  'create-network': withNetwork,
  'remove-network': withoutNetwork,
  'create-container': made,
  'start-container': (scene, { name }, moment) =>
    changed(scene, name, (container) => started(scene, container, moment), moment),
  'unpause-container': (scene, { id }, moment) => changed(scene, id, (container) => woken(scene, container), moment),
  'update-container': (scene, { id, resources, restart }, moment) =>
    changed(scene, id, (container) => ({ ...container, resources, restartPolicy: restart }), moment),
  'rename-container': (scene, { id, name }, moment) =>
    changed(scene, id, (container) => ({ ...container, name }), moment),
  'stop-container': (scene, { id }, moment) => changed(scene, id, (container) => stopped(container, moment), moment),
  'remove-container': removed,
  'create-marker': withMarker,
  // Who is asked to end ends.
  'begin-delayed-shutdown': (scene, { commands, noted }, moment) =>
    commands.reduce(
      (before, { id }) => changed(before, id, (container) => ended(container, 0, moment), moment),
      withMarker(scene, noted, moment),
    ),
  'remove-marker': (scene, { name }) => withoutMarker(scene, name),
  'create-volume': withVolume,
  'remove-volume': (scene, { name }) => withoutVolume(scene, name),
  'write-files': written,
  'announce-files': (scene, { sandboxId, notes }, moment) =>
    notes.reduce((before, note) => told(before, sandboxId, note, moment), scene),
};

/** What comes of an action, if all goes well. */
export function effectOf<K extends ActionKind>(scene: Scene, action: ActionOf<K> & Action, moment: Moment): Scene {
  const effect = EFFECTS[action.kind] as Effect<K>;
  return effect(scene, action, moment);
}
