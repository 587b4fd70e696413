import { describe, expect, it } from 'vitest';
import { markerLabels, markerName, type Marker } from '../../src/model/markers.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { refusal, type Ground } from './docker-contract.ts';

export function describeMarkers(use: () => Ground): void {
  const markerAt = (sandbox: string, at = 1): Marker => ({
    kind: 'lingering',
    tenant: 'acme',
    application: 'shop',
    sandboxId: sandbox.padEnd(64, '0'),
    at,
  });

  const creation = (marker: Marker, owner: string): ActionOf<'create-marker'> => ({
    kind: 'create-marker',
    marker,
    name: `${owner}.${markerName(marker, owner)}`,
    labels: markerLabels(marker, { owner, site: 'local' }),
  });

  describe('markers', () => {
    it('shows a marker with what it says, by name and in its owner’s list, and as no volume', async () => {
      const { docker, owner, signal } = use();
      const action = creation(markerAt('seen'), owner);
      await docker.createMarker(action, signal);
      const seen = await docker.inspectMarker(action.name, signal);
      expect(seen).toEqual({ ...action.marker, name: action.name, owner });
      expect(await docker.listMarkers(owner, signal)).toContainEqual(seen);
      expect(await docker.listMarkers(`${owner}-other`, signal)).toEqual([]);
      expect((await docker.listVolumes(owner, signal)).map(({ name }) => name)).not.toContain(action.name);
      expect(await docker.inspectMarker(`${owner}_none`, signal)).toBeUndefined();
    });

    it('keeps the marker that is there: what was noted first counts', async () => {
      const { docker, owner, signal } = use();
      const first = creation(markerAt('kept', 1), owner);
      await docker.createMarker(first, signal);
      await docker.createMarker(creation(markerAt('kept', 2), owner), signal);
      expect(await docker.inspectMarker(first.name, signal)).toMatchObject({ at: 1 });
    });

    it('takes no volume of another owner for its marker, and names who has it', async () => {
      const { docker, engine, owner, signal } = use();
      const action = creation(markerAt('foreign'), owner);
      await engine.makeForeignVolume(action.name);
      expect(await refusal(docker.createMarker(action, signal), 'name-taken')).toContain(action.name);
      expect(await docker.inspectMarker(action.name, signal)).toBeUndefined();
    });

    it('removes a marker, and takes one that is gone for removed', async () => {
      const { docker, owner, signal } = use();
      const action = creation(markerAt('gone'), owner);
      await docker.createMarker(action, signal);
      const removal = { kind: 'remove-marker', marker: action.marker, name: action.name } as const;
      await docker.removeMarker(removal, signal);
      await docker.removeMarker(removal, signal);
      expect(await docker.inspectMarker(action.name, signal)).toBeUndefined();
    });
  });
}
