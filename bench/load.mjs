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
/** How soon it is noticed that all are answered. */
const LOOK_EVERY_MS = 20;

/**
 * Requests per second, over so many requests on several connections.
 *
 * @param {Target} target
 * @param {number} amount
 * @returns {Promise<number>}
 */
export async function rate({ url, headers, expected = 200 }, amount) {
  const load = autocannon({ url, headers, connections: CONNECTIONS, amount, sampleInt: LOOK_EVERY_MS });
  const began = performance.now();
  let ended = began;
  load.on('response', () => (ended = performance.now()));
  const { errors, statusCodeStats } = await load;
  const answered = statusCodeStats[expected]?.count ?? 0;
  if (errors > 0 || answered < amount) throw new Error(`${amount - answered} of ${amount} requests to ${url} failed`);
  return amount / ((ended - began) / 1000);
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
