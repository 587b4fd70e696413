import type { DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { instanceKey } from '../model/names.ts';
import { desiredContainer, desiredInitContainer } from './container.ts';
import { desiredFiles } from './files.ts';
import { configHash, type Hashable } from './hash.ts';
import type { InstanceContext } from './instance-context.ts';
import { desiredVariables } from './mutable-variables.ts';
import { desiredSandbox } from './sandbox.ts';
import { desiredVolumes } from './volumes.ts';

/** One instance of a service that has a place on the host. */
export function desiredInstance(context: InstanceContext): DesiredInstance {
  const { service } = context;
  const volumes = desiredVolumes(context);
  const initContainers = (service['init-containers'] ?? []).map((spec) => desiredInitContainer(spec, context));
  return {
    key: instanceKey(context.name),
    name: context.name,
    sandbox: desiredSandbox(context, { initContainers, volumes }),
    initContainers,
    containers: (service.containers ?? []).map((spec) => desiredContainer(spec, context)),
    volumes,
    files: desiredFiles(context),
    variables: desiredVariables(context),
  };
}

/** Changes with anything that is done for the instance, also what makes no container anew. */
export function hashInstance(instance: DesiredInstance): Hashable {
  const { key, sandbox, initContainers, containers, volumes, files, variables } = instance;
  return [
    key,
    ...[sandbox, ...initContainers, ...containers].map(hashedWish),
    ...volumes.map((volume) => volume.configHash),
    ...files.map(({ generation }) => generation),
    variables.hash,
    variables.onChange,
  ];
}

/** With what the container's own hash leaves out. */
function hashedWish({ configHash: own, probes, onFileChange, pullAlways }: DesiredContainer): string {
  return configHash([own, JSON.stringify({ probes, onFileChange, pullAlways })]);
}
