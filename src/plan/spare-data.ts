import type { ObservedHost } from '../model/observed.ts';
import type { Step } from '../model/plan.ts';

/**
 * Without the steps that remove data: of volumes only config maps go, since git has what is in them. Nothing ever waits
 * for the removal of a volume, so no other step is lost.
 */
export function spareData(steps: readonly Step[], { applications }: ObservedHost): readonly Step[] {
  const volumes = Object.values(applications).flatMap((application) => application.volumes);
  const configMaps = new Set(volumes.filter(({ kind }) => kind === 'files').map(({ name }) => name));
  return steps.filter(({ action }) => action.kind !== 'remove-volume' || configMaps.has(action.name));
}
