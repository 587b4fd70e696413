import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { toRequestTarget } from '../setup/ping.mjs';

const timeoutMs = 60_000;

/**
 * The demo's own way to the Docker engine, beside Fairlead's: what it says about containers it has from the engine.
 *
 * @typedef {ReturnType<typeof createEngineApi>} EngineApi
 * @typedef {{ query?: Record<string, string>, json?: unknown, tar?: import('node:stream').Readable }} EngineCall
 * @param {string} endpoint `unix://PATH` or `tcp://HOST:PORT`
 */
export function createEngineApi(endpoint) {
  /** Resolves to the parsed body, undefined on 404; rejects with the engine's words on other errors. */
  async function ask(/** @type {string} */ method, /** @type {string} */ path, /** @type {EngineCall} */ call = {}) {
    const { status, body } = await send(endpoint, { method, path, ...call });
    if (status === 404) return undefined;
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${body.trim()}`);
    return method === 'GET' ? JSON.parse(body) : body;
  }

  /** @param {'containers' | 'networks' | 'volumes'} kind @param {string} owner */
  const listOwned = (kind, owner) =>
    ask('GET', `/${kind}${kind === 'containers' ? '/json' : ''}`, {
      query: { all: '1', filters: JSON.stringify({ label: [`io.fairlead.owner=${owner}`] }) },
    });

  return {
    endpoint,
    ask,
    /**
     * Every container of an owner by its name.
     *
     * @param {string} owner
     * @returns {Promise<Map<string, { id: string, running: boolean, labels: Record<string, string> }>>}
     */
    async containers(owner) {
      const found = await listOwned('containers', owner);
      return new Map(
        found
          .map(({ Id, Names, State, Labels }) => [
            Names[0].slice(1),
            { id: Id, running: State === 'running', labels: Labels },
          ])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    },
    /** Removes every container, network and volume of an owner. @param {string} owner */
    async removeOwned(owner) {
      const containers = await listOwned('containers', owner);
      await Promise.all(
        containers.map(({ Id }) => ask('DELETE', `/containers/${Id}`, { query: { force: '1', v: '1' } })),
      );
      for (const { Id } of await listOwned('networks', owner)) await ask('DELETE', `/networks/${Id}`);
      const { Volumes } = await listOwned('volumes', owner);
      for (const { Name } of Volumes ?? []) await ask('DELETE', `/volumes/${Name}`);
    },
    /** @param {string} image */
    async hasImage(image) {
      return (await ask('GET', `/images/${image}/json`)) !== undefined;
    },
  };
}

/**
 * @param {string} endpoint
 * @param {EngineCall & { method: string, path: string }} call
 * @returns {Promise<{ status: number, body: string }>}
 */
async function send(endpoint, { method, path, query = {}, json, tar }) {
  const signal = AbortSignal.timeout(timeoutMs);
  const call = request({
    ...toRequestTarget(endpoint),
    path: `${path}?${new URLSearchParams(query)}`,
    method,
    headers: { 'content-type': tar ? 'application/x-tar' : 'application/json' },
    signal,
  });
  const answered = new Promise((resolve, reject) => call.once('response', resolve).once('error', reject));
  const sent = tar ? pipeline(tar, call) : call.end(json === undefined ? undefined : JSON.stringify(json));
  const [response] = await Promise.all([answered, sent]);
  return { status: response.statusCode ?? 0, body: await text(response) };
}
