import { describe, expect, it } from 'vitest';
import { readSchema } from '../repo/schema-fields.ts';

// A field that reaches the host must not come into the specification without somebody asking what a policy has to say.

const GOVERNED: Readonly<Record<string, readonly string[]>> = {
  container: ['image', 'memory', 'cpus', 'ports', 'additional-capabilities', 'devices', 'security', 'gpu'],
  'init-container': ['image', 'memory', 'cpus', 'additional-capabilities', 'devices', 'security', 'gpu'],
  'disk-volume': ['match-volume-labels'],
  'persistent-disk-volume': ['match-volume-labels'],
  'container-port': ['host-port', 'host-ip'],
  security: ['selinux', 'apparmor'],
  service: ['replicas', 'mode', 'volumes', 'init-containers', 'containers'],
};

/** What concerns the instance alone, or is not carried out yet. */
const OF_ITS_OWN: Readonly<Record<string, readonly string[]>> = {
  container: [
    ...['name', 'image-pull', 'entrypoint', 'cmd', 'env', 'user', 'cpu-shares', 'shutdown-timeout', 'no-builtin-init'],
    ...['mounts', 'container-layer-size', 'container-log-size', 'container-log-max-days', 'container-log-archive'],
    ...['approle', 'delayed-shutdown-cmd', 'on-mounted-file-change', 'probes'],
  ],
  'init-container': [
    ...['name', 'image-pull', 'entrypoint', 'cmd', 'env', 'user', 'cpu-shares', 'shutdown-timeout', 'no-builtin-init'],
    ...['mounts', 'container-layer-size', 'container-log-size', 'container-log-max-days', 'container-log-archive'],
    'approle',
  ],
  'disk-volume': ['size', 'file-mode', 'file-ownership', 'medium'],
  'persistent-disk-volume': ['size', 'file-mode', 'file-ownership'],
  'container-port': ['container-port', 'protocol'],
  security: [],
  service: [
    ...['name', 'placement', 'delayed-shutdown', 'share-pid-namespace', 'variables', 'vm', 'network'],
    'site-dns-records',
  ],
};

describe('of the fields of an application', () => {
  it.each(Object.keys(GOVERNED))('each of %s is governed by a rule, or concerns the instance alone', (name) => {
    const fields = Object.keys(readSchema('application').$defs?.[name]?.properties ?? {});
    expect(fields.sort()).toEqual([...(GOVERNED[name] ?? []), ...(OF_ITS_OWN[name] ?? [])].sort());
  });
});
