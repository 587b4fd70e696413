import { containersOf, mappingAt, mappingsAt, textAt, type Mapping, type Text } from './fields.ts';
import { errorAt, formatPath, quote, unknownName, type Finding } from './finding.ts';

/** Below it single files are laid into a container (contract 8.12). */
export const HIDDEN_FOLDER = '/.fairlead';

/** Places looked at in a container; the schema allows fewer mounts. */
const MAX_PLACES = 1000;

/** A place in a container where something of a volume appears. */
interface Place {
  /** As it is written. */
  readonly at: Text;
  /** Without `.`, `..` and doubled signs. */
  readonly path: string;
  readonly kind: 'volume' | 'file';
  /** What keeps files from being laid into it. */
  readonly sealed: string | undefined;
}

/** Mounts have to name volumes and files that are there, and places that do not get in the way of one another. */
export function checkMounts(service: Mapping): readonly Finding[] {
  const volumes = new Map<string, Mapping>();
  for (const volume of mappingsAt(service, 'volumes')) {
    const name = textAt(volume, 'name');
    if (name !== undefined) volumes.set(name.text, volume);
  }
  return containersOf(service).flatMap((container) => {
    const mounts = mappingsAt(container, 'mounts');
    const places = mounts.flatMap((mount) => placesOf(mount, volumes)).slice(0, MAX_PLACES);
    return [
      ...mounts.flatMap((mount) => checkMount(mount, volumes)),
      ...checkTwice(mounts),
      ...places.flatMap(checkPlace),
      ...checkPlaces(places),
    ];
  });
}

function checkMount(mount: Mapping, volumes: ReadonlyMap<string, Mapping>): readonly Finding[] {
  const name = textAt(mount, 'volume-name');
  if (name === undefined) return [];
  const volume = volumes.get(name.text);
  if (volume === undefined) return [unknownName(name, 'volume', volumes.keys())];
  const files = mappingsAt(mount, 'files').flatMap((file) => textAt(file, 'name') ?? []);
  if (Object.hasOwn(volume.fields, 'config-map')) {
    const items = mappingsAt(mappingAt(volume, 'config-map'), 'items');
    const known = new Set(items.flatMap((item) => textAt(item, 'name')?.text ?? []));
    return files
      .filter(({ text }) => !known.has(text))
      .map((file) => unknownName(file, `file in ${quote(name.text)}`, known));
  }
  if (files.length === 0 || holdsFiles(volume)) return [];
  const sentence = 'single files can be mounted from a config-map or a vault-secret only; mount the whole volume';
  return [errorAt([...mount.path, 'files'], sentence, 'key')];
}

function holdsFiles(volume: Mapping | undefined): boolean {
  return ['config-map', 'vault-secret'].some((kind) => volume !== undefined && Object.hasOwn(volume.fields, kind));
}

/** A whole volume has one place in a container. */
function checkTwice(mounts: readonly Mapping[]): readonly Finding[] {
  const first = new Map<string, Text>();
  return mounts.flatMap((mount) => {
    const name = textAt(mount, 'volume-name');
    if (name === undefined || textAt(mount, 'mount-path') === undefined) return [];
    const earlier = first.get(name.text);
    first.set(name.text, earlier ?? name);
    if (earlier === undefined) return [];
    const place = formatPath(earlier.path.slice(0, -1));
    return [errorAt(name.path, `the volume ${quote(name.text)} is mounted twice in this container (${place})`)];
  });
}

function placesOf(mount: Mapping, volumes: ReadonlyMap<string, Mapping>): readonly Place[] {
  const whole = textAt(mount, 'mount-path');
  const files = mappingsAt(mount, 'files').flatMap((file) => textAt(file, 'mount-path') ?? []);
  const sealed = explainSeal(mount, volumes.get(String(mount.fields['volume-name'])));
  const toPlace = (kind: Place['kind']) => (at: Text) => ({ at, kind, sealed, path: cleanPath(at.text) });
  return [...(whole === undefined ? [] : [whole]).map(toPlace('volume')), ...files.map(toPlace('file'))];
}

function explainSeal(mount: Mapping, volume: Mapping | undefined): string | undefined {
  if (mount.fields['mode'] === 'read-only') return 'read-only';
  return holdsFiles(volume) ? 'a config map or secret itself' : undefined;
}

function checkPlace({ at, path }: Place): readonly Finding[] {
  if (path === '/') return [errorAt(at.path, 'nothing can be mounted over the root of a container')];
  if (path !== HIDDEN_FOLDER && !path.startsWith(`${HIDDEN_FOLDER}/`)) return [];
  return [errorAt(at.path, `\`${HIDDEN_FOLDER}\` is reserved: it holds what Fairlead lays into the container`)];
}

function checkPlaces(places: readonly Place[]): readonly Finding[] {
  return places.flatMap((place, index) => {
    const same = places.slice(0, index).find(({ path }) => path === place.path);
    if (same !== undefined) {
      const where = formatPath(same.at.path);
      return [errorAt(place.at.path, `something else is mounted at ${quote(place.path)} (${where})`)];
    }
    const around = places.find(
      (other) => other.sealed !== undefined && other.kind === 'volume' && isInside(place, other),
    );
    if (place.kind === 'volume' || around === undefined) return [];
    const where = formatPath(around.at.path);
    return [
      errorAt(place.at.path, `a file cannot be laid into ${quote(around.path)}, which is ${around.sealed} (${where})`),
    ];
  });
}

function isInside({ path }: Place, folder: Place): boolean {
  return path.startsWith(`${folder.path}/`);
}

/** `/a//b/../c/` → `/a/c` */
function cleanPath(text: string): string {
  const steps: string[] = [];
  for (const step of text.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}
