import type { ApplicationSpec, ContainerSpec, UpgradeFromSpec } from '../../../src/model/application-spec.ts';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { applicationFiles } from './documents.ts';
import { containersOf } from './engine-view.ts';

/** A container that does nothing, or what its script says. */
export function runs(script = 'exec sleep 100000', fields: Partial<ContainerSpec> = {}): ContainerSpec {
  return container('main', { image: busyboxImage, cmd: ['sh', '-c', script], ...fields });
}

/** `web`, one instance at a time. */
export function oneByOne(healthyTime: string, fields: Partial<UpgradeFromSpec> = {}): UpgradeFromSpec {
  const services = [{ name: 'web', 'instances-in-parallel': 1, 'healthy-time': healthyTime }];
  return { 'version-regexp': '.', method: 'per-service', services, ...fields };
}

/** The files of an application at a version; one service, `web`, unless told. */
export function at(
  name: string,
  version: string,
  {
    replicas = 2,
    main = runs(),
    ...fields
  }: Partial<ApplicationSpec> & { replicas?: number; main?: ContainerSpec } = {},
): Record<string, string> {
  const services = [service('web', { replicas, containers: [main] })];
  return applicationFiles('acme', name, { version, services, ...fields });
}

/** `{ 'web-1': '2.0' }`: the versions of the sandboxes of an application that run. */
export async function versionsOf(owner: string, application: string): Promise<Readonly<Record<string, string>>> {
  const sandboxes = (await containersOf(owner)).filter(
    ({ state, labels }) =>
      state === 'running' &&
      labels['io.fairlead.role'] === 'sandbox' &&
      labels['io.fairlead.application'] === application,
  );
  return Object.fromEntries(
    sandboxes.map(({ name, labels }) => [
      name.split('.').slice(2).join('.'),
      labels['io.fairlead.application-version'] ?? '',
    ]),
  );
}
