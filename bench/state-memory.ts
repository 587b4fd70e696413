import type { FleetSize } from '../test/api/fleet.ts';
import { headersOf, read, TENANTS } from './state-callers.ts';
import { startStateServer, type StateServer } from './state-process.ts';

const LIST = '/v1/state/system/cluster/service-instances';
/** Applications that are served and read before anything is measured. */
const WARM_UP = 100;

/** Bytes an instance. */
export interface Memory {
  readonly count: number;
  readonly snapshot: number;
  readonly listed: number;
  readonly read: number;
}

/**
 * Of a fleet in a process that holds nothing else: not its engine, nor what the loops remember of it.
 */
export async function measureMemory(size: FleetSize): Promise<Memory> {
  const other = startStateServer();
  try {
    // What the compiler and the first answers cost is no part of it.
    const few = { ...size, applications: WARM_UP };
    await readAll(await other.ask({ kind: 'serve', size: few, alone: true }), few);
    const count = size.applications * size.instances;
    const before = await other.ask({ kind: 'memory' });
    const each = async (server: StateServer) => ((await server.ask({ kind: 'memory' })) - before) / count;
    const origin = await other.ask({ kind: 'serve', size, alone: true });
    const snapshot = await each(other);
    await read(origin + LIST, headersOf());
    const listed = await each(other);
    await readAll(origin, size);
    return { count, snapshot, listed, read: await each(other) };
  } finally {
    other.stop();
  }
}

/** The list, and every instance by itself. */
async function readAll(origin: string, { applications, instances }: FleetSize): Promise<void> {
  await read(origin + LIST, headersOf());
  for (let index = 0; index < applications; index += 1) {
    const [path, headers] = [`/v1/state/applications/app-${index}/service-instances`, headersOf(index % TENANTS)];
    const names = Array.from({ length: instances }, (_, instance) => `web-${instance + 1}`);
    await Promise.all(names.map((name) => read(`${origin + path}/${name}`, headers)));
  }
}
