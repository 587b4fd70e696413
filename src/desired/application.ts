import type { ServiceSpec } from '../model/application-spec.ts';
import type { DocumentInForce } from '../model/catalog.ts';
import type { DesiredApplication, DesiredInstance } from '../model/desired.ts';
import { applicationKey, instanceKey, type ApplicationName } from '../model/names.ts';
import { desiredContainer, desiredSandbox, type InstanceContext } from './container.ts';
import { configHash } from './hash.ts';

/** The instances of an application on one host, from its validated specification. */
export function desiredApplication(inForce: DocumentInForce<'application'>, sandboxImage: string): DesiredApplication {
  const { tenant, name: application, spec } = inForce.document;
  const name: ApplicationName = { tenant, application };
  const network = applicationKey(name);
  const shared = { version: spec.version, userLabels: spec.labels ?? {}, sandboxImage };
  const instances = spec.services.flatMap((service) =>
    indexes(service).map((index) =>
      desiredInstance(service, { ...shared, name: { ...name, service: service.name, index } }, network),
    ),
  );
  return {
    key: network,
    name,
    version: spec.version,
    revision: inForce.revision,
    network,
    instances,
    specHash: inForce.document.specHash,
    hash: configHash(instances.map(({ key, sandbox, containers }) => [key, ...[sandbox, ...containers].map(hashOf)])),
  };
}

function desiredInstance(service: ServiceSpec, context: InstanceContext, network: string): DesiredInstance {
  return {
    key: instanceKey(context.name),
    name: context.name,
    sandbox: desiredSandbox(context, network),
    containers: (service.containers ?? []).map((container) => desiredContainer(container, context)),
  };
}

/** 1 … replicas (contract 3: the smallest free number first, scale-down removes the highest). */
function indexes(service: ServiceSpec): readonly number[] {
  if (service.containers === undefined) return []; // a `vm`: not supported yet, and said so as a warning
  if ((service.mode ?? 'replicated') !== 'replicated') return [1]; // one host, so one matching host
  return Array.from({ length: service.replicas ?? 1 }, (_, index) => index + 1);
}

function hashOf(container: { readonly configHash: string }): string {
  return container.configHash;
}
