import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { toRequestTarget } from '../setup/ping.mjs';

/**
 * What the engine says has happened; the only witness of a run, because Fairlead cannot be its own.
 * `at`: ms since the epoch, by the engine's clock.
 *
 * @typedef {object} EngineEvent
 * @property {number} at
 * @property {'container' | 'volume'} type
 * @property {string} action `create`, `start`, `kill`, `die`, `destroy`, …
 * @property {string} id of the container, or the volume's name
 * @property {Record<string, string>} labels of the container, its name under `name`
 */

/**
 * Tells every event of containers and volumes, in the engine's order, until it is closed.
 *
 * @param {string} endpoint
 * @param {(event: EngineEvent) => void} onEvent
 * @returns {Promise<{ lost: Promise<never>, close: () => void }>} `lost` rejects when the engine ends the stream
 */
export async function watchEngine(endpoint, onEvent) {
  const filters = JSON.stringify({ type: ['container', 'volume'] });
  const path = `/events?${new URLSearchParams({ filters })}`;
  const call = request({ ...toRequestTarget(endpoint), path });
  /** @type {import('node:http').IncomingMessage} */
  const response = await new Promise((resolve, reject) => {
    call.once('response', resolve).once('error', reject);
    call.end();
  });
  const lines = createInterface({ input: response });
  lines.on('line', (line) => onEvent(toEvent(JSON.parse(line))));
  lines.on('error', () => undefined); // the response closes, too
  let isClosed = false;
  const lost = new Promise((_, reject) => {
    response.once('close', () => isClosed || reject(new Error('the engine ended its stream of events')));
  });
  lost.catch(() => undefined); // told to whoever asks
  const close = () => {
    isClosed = true;
    call.destroy();
  };
  return { lost, close };
}

/** @returns {EngineEvent} */
function toEvent({ Type, Action, Actor, timeNano }) {
  return { at: timeNano / 1e6, type: Type, action: Action, id: Actor.ID, labels: Actor.Attributes ?? {} };
}
