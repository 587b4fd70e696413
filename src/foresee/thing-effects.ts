import { SANDBOX_FILES } from '../model/desired.ts';
import { noteTold } from '../model/files.ts';
import { identityFromLabels } from '../model/labels.ts';
import { volumeName } from '../model/names.ts';
import type { ObservedFiles, ObservedImage, ObservedNetwork, ObservedVolume } from '../model/observed.ts';
import type { ActionOf, FilesNote, MarkerNote } from '../model/plan.ts';
import { familiarName } from '../plan/image-presence.ts';
import { byName } from './by-name.ts';
import { changed } from './container-effects.ts';
import { giveId, type Moment, type Scene } from './world.ts';

// What comes of steps on everything but containers, if all goes well.

export function withImage(scene: Scene, reference: string): Scene {
  const name = familiarName(reference);
  if (scene.images.some(({ tags, digests }) => tags.includes(name) || digests.includes(name))) return scene;
  const [id, rest] = giveId(scene);
  const named = name.includes('@') ? { tags: [], digests: [name] } : { tags: [name], digests: [] };
  return { ...rest, images: [...rest.images, { id: `sha256:${id}`, ...named }] };
}

/** The image of this name has this one as well, with a digest. */
export function withDigest(scene: Scene, reference: string, digest: string): Scene {
  const [name, added] = [familiarName(reference), familiarName(digest)];
  const images = scene.images.map((image) => {
    const { tags, digests } = image;
    const isMeant = [...tags, ...digests].some((one) => familiarName(one) === name);
    return isMeant && !digests.some((one) => familiarName(one) === added)
      ? { ...image, digests: [...digests, added] }
      : image;
  });
  return { ...scene, images };
}

/** An image goes with its last name. */
export function withoutImage(images: readonly ObservedImage[], reference: string): readonly ObservedImage[] {
  const isKept = (name: string) => familiarName(name) !== familiarName(reference);
  return images
    .map((image) => ({ ...image, tags: image.tags.filter(isKept), digests: image.digests.filter(isKept) }))
    .filter(({ tags, digests }) => tags.length + digests.length > 0);
}

export function withNetwork(scene: Scene, { network: name, subnet, labels }: ActionOf<'create-network'>): Scene {
  const [id, rest] = giveId(scene);
  const network: ObservedNetwork = {
    id,
    name,
    identity: identityFromLabels(labels),
    driver: 'bridge',
    subnets: [subnet],
  };
  const takenSubnets = [...new Set([...scene.takenSubnets, subnet])].sort();
  return network.identity?.application === ''
    ? { ...rest, takenSubnets, sharedNetworks: [...scene.sharedNetworks, network].sort(byName) }
    : { ...rest, takenSubnets, networks: [...scene.networks, network] };
}

export function withoutNetwork(scene: Scene, { id }: ActionOf<'remove-network'>): Scene {
  const { networks, sharedNetworks, takenSubnets } = scene;
  const gone = [...networks, ...sharedNetworks].find((network) => network.id === id);
  if (gone === undefined) return scene;
  return {
    ...scene,
    networks: networks.filter((network) => network !== gone),
    sharedNetworks: sharedNetworks.includes(gone) ? sharedNetworks.filter((one) => one !== gone) : sharedNetworks,
    takenSubnets: takenSubnets.filter((subnet) => !gone.subnets.includes(subnet)),
  };
}

export function withMarker(scene: Scene, { marker, name }: MarkerNote, { owner }: Moment): Scene {
  const place = marker.application === '' ? 'hostMarkers' : 'markers';
  if (scene[place].some((one) => one.name === name)) return scene;
  return { ...scene, [place]: [...scene[place], { ...marker, name, owner }].sort(byName) };
}

export function withoutMarker(scene: Scene, name: string): Scene {
  const isKept = (marker: { readonly name: string }) => marker.name !== name;
  const { markers, hostMarkers } = scene;
  return { ...scene, markers: markers.filter(isKept), hostMarkers: hostMarkers.filter(isKept) };
}

/** One that is there, of whatever kind, is the same one: what is in the way was removed before. */
export function withVolume(scene: Scene, { volume, labels }: ActionOf<'create-volume'>): Scene {
  const identity = identityFromLabels(labels);
  if (identity === undefined || scene.volumes.some(({ name }) => name === volume.name)) return scene;
  const { name, kind, sizeBytes, hostVolume, hostPath } = volume;
  const made: ObservedVolume = {
    ...{ name, identity, volume: volume.volume, kind, sizeBytes, hostVolume, hostPath },
    sizeEnforced: sizeBytes > 0,
  };
  return { ...scene, volumes: [...scene.volumes, made] };
}

/** Of an application, or of a log that was kept. */
export function withoutVolume(scene: Scene, name: string): Scene {
  const isKept = (one: { readonly name: string }) => one.name !== name;
  const { volumes, logs, files } = scene;
  return {
    ...scene,
    volumes: volumes.filter(isKept),
    logs: logs.every(isKept) ? logs : logs.filter(isKept),
    files: files.has(name) ? new Map([...files].filter(([volume]) => volume !== name)) : files,
  };
}

export function written(scene: Scene, { name, id, files }: ActionOf<'write-files'>, moment: Moment): Scene {
  const { generation, volume } = files;
  const before = scene.files.get(name);
  const switchedAt = before?.generation === generation ? before.switchedAt : moment.engineNow;
  return holding(
    scene,
    { name, sandbox: id, volume, held: { generation, switchedAt, told: before?.told ?? {} } },
    moment,
  );
}

/** A container knows of the present generation of a config map. */
export function told(scene: Scene, sandbox: string, note: FilesNote, moment: Moment): Scene {
  const { directory, container, generation } = note;
  const volume = directory.slice(SANDBOX_FILES.length + 1);
  const identity = scene.containers.find(({ id }) => id === sandbox)?.identity;
  const name = identity === undefined ? '' : volumeName(identity, volume);
  const before = scene.files.get(name);
  if (before === undefined) return scene;
  const held = { ...before, told: noteTold(before.told, container, generation) };
  return holding(scene, { name, sandbox, volume, held }, moment);
}

interface Held {
  /** Of the volume on the engine. */
  readonly name: string;
  /** Id or name of the one that shows it. */
  readonly sandbox: string;
  /** The name in the specification. */
  readonly volume: string;
  readonly held: ObservedFiles;
}

function holding(scene: Scene, { name, sandbox, volume, held }: Held, moment: Moment): Scene {
  const files = new Map(scene.files).set(name, held);
  const show = (container: Scene['containers'][number]) => ({
    ...container,
    files: { ...container.files, [volume]: held },
  });
  return changed({ ...scene, files }, sandbox, show, moment);
}
