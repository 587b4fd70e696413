import type { ServiceSpec } from '../model/application-spec.ts';
import type { DelayedShutdown, DesiredContainer, DesiredInstance } from '../model/desired.ts';
import { instanceKey } from '../model/names.ts';
import { parseDuration } from '../spec/units.ts';
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
    delayedShutdown: desiredDelayedShutdown(service),
  };
}

/** One old instance at a time where nothing is said (contract 8.5). */
function desiredDelayedShutdown({ 'delayed-shutdown': delayed }: ServiceSpec): DelayedShutdown | undefined {
  if (delayed === undefined) return undefined;
  return { timeoutMs: parseDuration(delayed.timeout), maxInstances: delayed['max-number-of-instances'] ?? 1 };
}

/** Changes with anything that is done for the instance, also what makes no container anew. */
export function hashInstance(instance: DesiredInstance): Hashable {
  const { key, sandbox, initContainers, containers, volumes, files, variables, delayedShutdown } = instance;
  return [
    key,
    ...[sandbox, ...initContainers, ...containers].map(hashedWish),
    ...volumes.map((volume) => volume.configHash),
    ...files.map(({ generation }) => generation),
    variables.hash,
    variables.onChange,
    JSON.stringify(delayedShutdown ?? null),
  ];
}

/** With what the container's own hash leaves out. */
function hashedWish(container: DesiredContainer): string {
  const { configHash: own, probes, onFileChange, pullAlways, delayedShutdownCmd } = container;
  return configHash([own, JSON.stringify({ probes, onFileChange, pullAlways, delayedShutdownCmd })]);
}
