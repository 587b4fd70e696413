import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { demoImage } from '../demo/image.mjs';

// The application the daemon is killed over: ten instances of two services, some with a readiness probe, with data.

export const applicationKey = 'chaos.shop';
export const inParallel = 2;
export const healthyTimeMs = 500;

const replicas = { web: 6, api: 4 };

/**
 * The batch that each instance belongs to, by its short name.
 *
 * @type {ReadonlyMap<string, string>}
 */
export const batches = new Map(
  Object.entries(replicas).flatMap(([service, count]) =>
    Array.from({ length: count }, (_, i) => [`${service}-${i + 1}`, `${service}/${Math.floor(i / inParallel) + 1}`]),
  ),
);

export const applicationFile = 'tenants/chaos/applications/shop.yaml';

/** The line of the file that a new version changes. @param {number} version */
export const versionLine = (version) => `version: "${version}"`;

/**
 * The documents of the first commit, in a folder.
 *
 * @param {string} directory
 */
export async function writeDocuments(directory) {
  const deployment = { name: 'shop', application: 'shop', placement: { 'all-sites': {} } };
  const text = stringify(application(), { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
  await write(path.join(directory, applicationFile), text);
  await write(path.join(directory, 'tenants/chaos/application-deployments/shop.yaml'), stringify(deployment));
}

function application() {
  const batch = { 'instances-in-parallel': inParallel, 'healthy-time': `${healthyTimeMs}ms` };
  const services = Object.keys(replicas).map((name) => ({ name, ...batch }));
  return {
    name: 'shop',
    version: '1',
    'upgrade-from': [{ 'version-regexp': '.', method: 'per-service', services }],
    services: [
      {
        ...{ name: 'web', replicas: replicas.web },
        volumes: [
          { name: 'orders', 'persistent-volume': { size: '1MiB' } },
          { name: 'cache', 'ephemeral-volume': { size: '1MiB' } },
        ],
        containers: [container('exec sleep 100000', ['orders', 'cache'])],
      },
      {
        ...{ name: 'api', replicas: replicas.api },
        volumes: [{ name: 'cache', 'ephemeral-volume': { size: '1MiB' } }],
        // Long enough for a busy machine: it is the daemon that is killed here, and nothing else is to fail.
        containers: [
          {
            ...container('exec httpd -f -p 8080 -h /data', ['cache']),
            probes: { readiness: { tcp: { port: 8080 }, period: '500ms', timeout: '10s' } },
          },
        ],
      },
    ],
  };
}

/** @param {string} command @param {string[]} volumes */
function container(command, volumes) {
  const mounts = volumes.map((name, i) => ({ 'volume-name': name, 'mount-path': i === 0 ? '/data' : `/${name}` }));
  return { name: 'main', image: demoImage, cmd: ['sh', '-c', command], mounts };
}

/** @param {string} file @param {string} text */
async function write(file, text) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
