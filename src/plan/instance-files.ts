import type { DesiredContainer, DesiredFiles, DesiredInstance } from '../model/desired.ts';
import { volumeName } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Action, ActionOf } from '../model/plan.ts';

// Config maps: what has to be written, and who has yet to learn of it. All of it is derived from what the volumes and
// containers say of themselves, so a crash at any moment forgets nothing.

/** The config maps whose volume does not hold what it should. */
export function outdatedFiles({ files }: DesiredInstance, sandbox: ObservedContainer): readonly DesiredFiles[] {
  return files.filter(({ volume, generation }) => sandbox.files[volume]?.generation !== generation);
}

/** The action that writes them; the sandbox is named as it is or as it will be. */
export function writeAction(instance: DesiredInstance, files: DesiredFiles, sandbox: { readonly id: string }): Action {
  return { kind: 'write-files', name: volumeName(instance.name, files.volume), id: sandbox.id, files };
}

/** A container that may have files mounted, and the sandbox that shows what they are. */
interface Listener {
  readonly desired: DesiredContainer;
  readonly observed: ObservedContainer;
  readonly sandbox: ObservedContainer;
}

/** The config maps it has mounted that have changed, or are about to, since it began and was last told. */
export function changedFiles(instance: DesiredInstance, listener: Listener): readonly string[] {
  const mounted = new Set(listener.desired.mounts.map(({ volume }) => volume));
  const mine = instance.volumes.filter(({ kind, name }) => kind === 'files' && mounted.has(name));
  return mine.map(({ volume }) => volume).filter((volume) => isNews(instance, volume, listener));
}

function isNews({ files }: DesiredInstance, volume: string, { desired, observed, sandbox }: Listener): boolean {
  const wanted = files.find((one) => one.volume === volume);
  const held = sandbox.files[volume];
  if (wanted === undefined) return false;
  if (held?.generation !== wanted.generation) return true;
  return held.told[desired.container] !== held.generation && observed.startedAt < held.switchedAt;
}

/**
 * What is noted before a container is started that ended, by the clock, before its files changed: a clock that was set
 * back since would make its next start look as old, and it would be restarted until the clock has caught up. Any other
 * shows by its start that it knows.
 */
export function noteBeforeStart(instance: DesiredInstance, listener: Listener): readonly Action[] {
  const { observed, sandbox } = listener;
  const isAhead = (volume: string) => observed.finishedAt < (sandbox.files[volume]?.switchedAt ?? 0);
  const volumes = observed.startedAt === 0 ? [] : changedFiles(instance, listener).filter(isAhead);
  return volumes.length === 0 ? [] : [announceAction(instance, listener, { cmd: [], volumes })];
}

/** Tells a container, by its own command, and notes that it knows. */
export function announceAction(
  instance: DesiredInstance,
  listener: Listener,
  { cmd, volumes }: { readonly cmd: readonly string[]; readonly volumes: readonly string[] },
): ActionOf<'announce-files'> {
  const { name, id } = listener.observed;
  const told = instance.files.filter(({ volume }) => volumes.includes(volume));
  const notes = told.map(({ directory, generation }) => ({
    directory,
    container: listener.desired.container,
    generation,
  }));
  return { kind: 'announce-files', name, id, cmd, sandboxId: listener.sandbox.id, notes };
}
