// Requests to the servers of bench/state-server.ts, from another process than theirs.
import { Agent, get } from 'node:http';
import autocannon from 'autocannon';

/**
 * @typedef {object} Target
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {number} [expected] status; 200 unless told
 */

const agent = new Agent({ keepAlive: true });
const CONNECTIONS = 20;

/**
 * As many requests as the server answers in this time.
 *
 * @param {Target} target
 * @param {number} seconds
 * @returns {Promise<{ requests: number, perSecond: number }>}
 */
export async function rate({ url, headers, expected = 200 }, seconds) {
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: seconds });
  const { requests, errors, statusCodeStats, duration } = result;
  const failures = errors + requests.total - (statusCodeStats[expected]?.count ?? 0);
  if (failures > 0) throw new Error(`${failures} of ${requests.total} requests to ${url} failed`);
  return { requests: requests.total, perSecond: requests.total / duration };
}

/**
 * Milliseconds to the last byte of an answer, which is not looked at.
 *
 * @param {Target} target
 * @returns {Promise<number>}
 */
export function time({ url, headers }) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers }, (response) => {
      response.on('end', () => resolve(performance.now() - began));
      response.on('error', reject);
      response.resume();
    });
    request.on('error', reject);
  });
}
