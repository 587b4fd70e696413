import { readFile } from 'node:fs/promises';

/**
 * The daemon's state API over HTTP, as any client would use it.
 *
 * @typedef {ReturnType<typeof createStateApi>} StateApi
 * @param {{ server: string, tokenFile: string }} access
 */
export function createStateApi({ server, tokenFile }) {
  /** @param {string} path @param {string} accept */
  async function get(path, accept) {
    const token = (await readFile(tokenFile, 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}`, accept };
    const response = await fetch(`${server}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
    const body = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${body}`);
    return body;
  }
  return {
    server,
    tokenFile,
    /** @param {string} path */
    json: async (path) => JSON.parse(await get(path, 'application/json')),
    /** @param {string} path */
    yaml: (path) => get(path, 'application/yaml'),
  };
}
