import { LABEL } from '../model/names.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { LIST_TIMEOUT_MS, type EngineCalls } from './calls.ts';
import { readFiles } from './files.ts';
import { toInspectedContainer } from './from-docker.ts';
import type { Hide } from './hide-in-refusals.ts';
import { inspectContainer } from './inspect.ts';
import { readLastLines, toLogEnd } from './last-lines.ts';
import { createLimitReader } from './limit-support.ts';
import type { DockerPort } from './port.ts';
import { createRestartLedger } from './restart-ledger.ts';
import type { WireContainerRow } from './wire.ts';

/** Enough to hide the round trips; an engine answers an inspect in about 1 ms. */
const PARALLEL_INSPECTS = 8;

/** Looks at containers, and remembers between looks how they fared. `now` is ms since the epoch. */
export function openContainerViews(
  calls: EngineCalls,
  now: () => number,
  hide: Hide,
): Pick<DockerPort, 'listContainers' | 'inspectContainer'> {
  const limits = createLimitReader(calls);
  const ledger = createRestartLedger(now);

  async function inspect(idOrName: string, signal: AbortSignal): Promise<ObservedContainer | undefined> {
    const wire = await inspectContainer(calls, idOrName, signal);
    if (wire === undefined) return undefined;
    const container = toInspectedContainer(wire, await limits.read(signal));
    const readEnd = async () => (await readLastLines(calls, toLogEnd(container), signal)).map(hide);
    const life = await ledger.note(container, readEnd);
    const files = await readFiles(calls, wire, signal);
    return { ...container, ...life, engineError: hide(container.engineError), files };
  }

  return {
    inspectContainer: inspect,
    async listContainers(owner, signal) {
      await limits.readAgain(signal);
      const ids = await listIds(calls, owner, signal);
      ledger.keepOnly(new Set(ids));
      const waiting = [...ids];
      const found: ObservedContainer[] = [];
      const lane = async () => {
        for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
          const container = await inspect(id, signal);
          if (container !== undefined) found.push(container);
        }
      };
      await Promise.all(Array.from({ length: PARALLEL_INSPECTS }, lane));
      return found;
    },
  };
}

async function listIds(calls: EngineCalls, owner: string, signal: AbortSignal): Promise<readonly string[]> {
  const query = { all: '1', filters: JSON.stringify({ label: [`${LABEL.owner}=${owner}`] }) };
  const purpose = 'list containers';
  const call = { method: 'GET', path: '/containers/json', query, purpose, timeoutMs: LIST_TIMEOUT_MS } as const;
  return ((await calls.answer(call, signal)) as readonly WireContainerRow[]).map(({ Id }) => Id);
}
