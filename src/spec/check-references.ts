import { mappingAt, mappingsAt, textAt, type Mapping, type Text } from './fields.ts';
import { errorAt, quote, type Finding } from './finding.ts';
import { nearest } from './nearest.ts';

/** Names inside an application that have to stand for something in it. */
export function checkReferences(application: Mapping): readonly Finding[] {
  return [...checkUpgradeServices(application), ...mappingsAt(application, 'services').flatMap(checkMounts)];
}

/** Contract 8.4: a listed service that does not exist is an error, and so is one listed twice. */
function checkUpgradeServices(application: Mapping): readonly Finding[] {
  const known = new Set(mappingsAt(application, 'services').flatMap((service) => textAt(service, 'name')?.text ?? []));
  return mappingsAt(application, 'upgrade-from').flatMap((entry) => {
    const listed = new Set<string>();
    return mappingsAt(entry, 'services').flatMap((service) => {
      const name = textAt(service, 'name');
      if (name === undefined) return [];
      if (!known.has(name.text)) return [unknown(name, 'service', known)];
      if (listed.has(name.text)) return [errorAt(name.path, `the service ${quote(name.text)} is listed twice`)];
      listed.add(name.text);
      return [];
    });
  });
}

function checkMounts(service: Mapping): readonly Finding[] {
  const volumes = new Map<string, Mapping>();
  for (const volume of mappingsAt(service, 'volumes')) {
    const name = textAt(volume, 'name');
    if (name !== undefined) volumes.set(name.text, volume);
  }
  const containers = [...mappingsAt(service, 'init-containers'), ...mappingsAt(service, 'containers')];
  return containers
    .flatMap((container) => mappingsAt(container, 'mounts'))
    .flatMap((mount) => checkMount(mount, volumes));
}

function checkMount(mount: Mapping, volumes: ReadonlyMap<string, Mapping>): readonly Finding[] {
  const name = textAt(mount, 'volume-name');
  if (name === undefined) return [];
  const volume = volumes.get(name.text);
  if (volume === undefined) return [unknown(name, 'volume', volumes.keys())];
  const files = mappingsAt(mount, 'files').flatMap((file) => textAt(file, 'name') ?? []);
  if (Object.hasOwn(volume.fields, 'config-map')) {
    const items = mappingsAt(mappingAt(volume, 'config-map'), 'items');
    const known = new Set(items.flatMap((item) => textAt(item, 'name')?.text ?? []));
    return files
      .filter(({ text }) => !known.has(text))
      .map((file) => unknown(file, `file in ${quote(name.text)}`, known));
  }
  if (files.length === 0 || Object.hasOwn(volume.fields, 'vault-secret')) return [];
  const sentence = 'single files can be mounted from a config-map or a vault-secret only; mount the whole volume';
  return [errorAt([...mount.path, 'files'], sentence, 'key')];
}

function unknown({ path, text }: Text, noun: string, known: Iterable<string>): Finding {
  const close = nearest(text, known);
  const hint = close === undefined ? '' : ` (did you mean \`${close}\`?)`;
  return errorAt(path, `there is no ${noun} ${noun.includes(' ') ? 'called ' : ''}${quote(text)}${hint}`);
}
