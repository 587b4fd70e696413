import type { ConfigMapItemSpec } from '../model/application-spec.ts';
import { SANDBOX_FILES, type DesiredFile, type DesiredFiles } from '../model/desired.ts';
import { expandVariables } from '../spec/variables.ts';
import { configHash } from './hash.ts';
import type { InstanceContext } from './instance-context.ts';
import { parseFileMode, parseFileOwnership } from './permissions.ts';
import { containerVariables } from './variables.ts';

const FILE_MODE = 0o644;

/** What the config maps of an instance hold, in the order of the specification. */
export function desiredFiles(context: InstanceContext): readonly DesiredFiles[] {
  const values = containerVariables(context, '');
  return (context.service.volumes ?? []).flatMap(({ name: volume, 'config-map': configMap }) => {
    if (configMap === undefined) return [];
    const files = configMap.items.map((item) => desiredFile(item, values)).sort((a, b) => (a.name < b.name ? -1 : 1));
    return [{ volume, directory: filesDirectory(volume), generation: generationOf(files), files }];
  });
}

/** Where the sandbox has a volume of files. */
export function filesDirectory(volume: string): string {
  return `${SANDBOX_FILES}/${volume}`;
}

function desiredFile(item: ConfigMapItemSpec, values: ReadonlyMap<string, string>): DesiredFile {
  return {
    name: item.name,
    data: expandVariables(item.data, values),
    mode: item['file-mode'] === undefined ? FILE_MODE : parseFileMode(item['file-mode']),
    ...parseFileOwnership(item['file-ownership']),
  };
}

/** Two dots, as kubelet has it: a name no file of a user is mistaken for. Hexadecimal, so it fits in a link's text. */
function generationOf(files: readonly DesiredFile[]): string {
  const hash = configHash(files.map(({ name, data, mode, uid, gid }) => ({ name, data, mode, uid, gid })));
  return `..${hash.slice(hash.indexOf(':') + 1)}`;
}
