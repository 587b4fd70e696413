import { request } from 'node:http';

/**
 * Whether a Docker engine answers at the endpoint (`unix://PATH` or `tcp://HOST:PORT`).
 *
 * @param {string} endpoint
 * @param {{ timeoutMs?: number }} [options]
 * @returns {Promise<boolean>}
 */
export function answers(endpoint, { timeoutMs = 2000 } = {}) {
  const target = toRequestTarget(endpoint);
  if (!target) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.on('close', () => resolve(false));
    ping.end();
  });
}

/**
 * Where `http.request` finds an engine; none for an endpoint of another kind.
 *
 * @param {string} endpoint
 */
export function toRequestTarget(endpoint) {
  if (endpoint.startsWith('unix://')) return { socketPath: endpoint.slice('unix://'.length) };
  if (!URL.canParse(endpoint)) return undefined;
  const { protocol, hostname, port } = new URL(endpoint);
  return protocol === 'tcp:' || protocol === 'http:' ? { hostname, port: port || '2375' } : undefined;
}
