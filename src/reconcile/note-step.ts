import type { Action } from '../model/plan.ts';
import type { Mirror } from './mirror.ts';

/** Tells the mirror what an action may have changed. */
export function noteStep(mirror: Mirror, action: Action): void {
  switch (action.kind) {
    case 'import-sandbox-image':
      mirror.noteImages();
      return;
    case 'pull-image':
      mirror.noteImages();
      if (action.note !== undefined) mirror.noteVolume(action.note.name);
      return;
    case 'remove-image':
      mirror.noteImages();
      mirror.noteVolume(action.marker.name);
      return;
    case 'create-network':
      mirror.noteNetwork(action.network);
      return;
    case 'remove-network':
      mirror.noteNetwork(action.id);
      return;
    case 'create-container':
      mirror.noteContainer(action.container.name);
      return;
    case 'start-container':
      mirror.noteContainer(action.name);
      return;
    case 'unpause-container':
    case 'update-container':
    case 'rename-container':
    case 'stop-container':
    case 'write-files':
      mirror.noteContainer(action.id);
      return;
    case 'remove-container':
      mirror.noteContainer(action.id);
      if (action.log !== undefined) mirror.noteVolume(action.log.volume);
      return;
    case 'begin-delayed-shutdown':
      for (const { id } of action.commands) mirror.noteContainer(id);
      mirror.noteVolume(action.noted.name);
      return;
    case 'create-marker':
    case 'remove-marker':
      mirror.noteVolume(action.name);
      return;
    case 'create-volume':
      mirror.noteVolume(action.volume.name);
      return;
    case 'remove-volume':
      mirror.noteVolume(action.name);
      return;
    case 'announce-files':
      mirror.noteContainer(action.sandboxId);
      return;
    default:
      return action satisfies never;
  }
}
