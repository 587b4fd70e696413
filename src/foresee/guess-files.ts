import type { DesiredApplication } from '../model/desired.ts';
import { instanceKey } from '../model/names.ts';
import type { ObservedFiles, ObservedInstance, ObservedVolume } from '../model/observed.ts';
import { findText } from '../upgrade/earlier-text.ts';

/**
 * What a config map most likely holds that nobody can look into, because its sandbox does not run: what the text says
 * that its instance was made from; undefined: nothing was written yet. `texts`: the newest, then earlier ones.
 */
export function guessFiles(
  { identity, volume }: ObservedVolume,
  observed: ObservedInstance | undefined,
  texts: readonly DesiredApplication[],
): ObservedFiles | undefined {
  const key = instanceKey(identity);
  const hasStarted = observed?.containers.some((one) => one.identity?.role !== 'sandbox' && one.startedAt > 0) === true;
  const [newest, ...earlier] = texts;
  // Volumes are made first, and written when the sandbox runs.
  if (!hasStarted && identity.revision === newest?.revision) return undefined;
  const own = hasStarted ? findText(observed, texts)?.application : earlier[0];
  const generations = [own, newest].flatMap((text) => {
    const files = text?.instances.find((instance) => instance.key === key)?.files ?? [];
    return files.filter((one) => one.volume === volume).map(({ generation }) => generation);
  });
  const [generation] = generations;
  // Whoever has it mounted began later.
  return generation === undefined ? undefined : { generation, switchedAt: 0, told: {} };
}
