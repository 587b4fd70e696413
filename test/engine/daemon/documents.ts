import { stringify } from 'yaml';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';

/** The two files of an application, by path: what a person would commit. */
export function applicationFiles(
  tenant: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const sleeper = container('main', { image: busyboxImage, cmd: ['sleep', '100000'] });
  const spec = { name, version: '1.0', services: [service('web', { containers: [sleeper] })], ...fields };
  const deployment = { name, application: name, placement: { 'all-sites': {} } };
  return {
    [`tenants/${tenant}/applications/${name}.yaml`]: stringify(spec),
    [`tenants/${tenant}/application-deployments/${name}.yaml`]: stringify(deployment),
  };
}

/** Many applications, `app-1` … `app-<count>`, of one service with this many replicas. */
export function manyFiles(tenant: string, count: number, replicas: number, version = '1.0'): Record<string, string> {
  const web = service('web', {
    replicas,
    containers: [container('main', { image: busyboxImage, cmd: ['sleep', '100000'] })],
  });
  const files = Array.from({ length: count }, (_, index) =>
    applicationFiles(tenant, `app-${index + 1}`, { version, services: [web] }),
  );
  return Object.assign({}, ...files) as Record<string, string>;
}
