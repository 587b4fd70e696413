// The other process of bench/state-api.ts: serves a fleet on the state API, and beside it what that is compared with.
import { setImmediate as turn } from 'node:timers/promises';
import { applicationRoutes } from '../src/api/state/applications.ts';
import { startApi } from '../src/api/pipeline/server.ts';
import { systemRoutes } from '../src/api/state/system.ts';
import { createTokenDirectory } from '../src/api/access/token-directory.ts';
import { createStore, type StoreReader } from '../src/store/store.ts';
import { createFleet, type FleetSize, type Generation } from '../test/api/fleet.ts';
import { startPlainServer, type PlainRoute } from './plain-server.ts';
import { TOKENS } from './state-callers.ts';

/** What the other process asks for. */
export type Order =
  /** Serves a fleet; the answer is the origin. `alone`: nothing is kept of it but the snapshot. */
  | { readonly kind: 'serve'; readonly size: FleetSize; readonly alone: boolean }
  /** Serves these texts at these paths, and below /serialized what they say, put in words each time. Answers the origin. */
  | { readonly kind: 'serve-plain'; readonly texts: Readonly<Record<string, string>> }
  /** A container of each of these applications crashes; both are shown at once. */
  | { readonly kind: 'crash'; readonly applications: readonly number[] }
  /** Shows every application in another version. */
  | { readonly kind: 'release' }
  /** Bytes in use, after a collection. */
  | { readonly kind: 'memory' }
  /** µs of CPU time so far. */
  | { readonly kind: 'cpu' };

export type Reply = { readonly value: string | number } | { readonly error: string };

const tokens = createTokenDirectory(TOKENS);
let generations: readonly Generation[] = [];

process.on('message', (order) => {
  carryOut(order as Order).then(
    (value) => reply({ value }),
    (error: unknown) => reply({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());

function reply(answer: Reply): void {
  process.send?.(answer);
}

async function carryOut(order: Order): Promise<string | number> {
  switch (order.kind) {
    case 'serve':
      return order.alone ? serve(await snapshotAlone(order.size)) : serve(await makeFleet(order.size));
    case 'serve-plain':
      return startPlainServer(plainRoutes(order.texts), tokens);
    case 'crash':
      await generations[0]?.crash(...order.applications);
      return 0;
    case 'release':
      generations = generations.toReversed();
      generations[0]?.show();
      return 0;
    case 'memory':
      return memory();
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    default:
      return order satisfies never;
  }
}

async function makeFleet(size: FleetSize): Promise<StoreReader> {
  const fleet = createFleet(size);
  generations = [await fleet.make('1'), await fleet.make('2')];
  generations[0]?.show();
  return fleet.views.store;
}

/** Of engine, mirror and summaries nothing is left but what the snapshot itself refers to. */
async function snapshotAlone(size: FleetSize): Promise<StoreReader> {
  const fleet = createFleet(size);
  (await fleet.make('1')).show();
  return createStore(fleet.views.store.snapshot());
}

async function serve(store: StoreReader): Promise<string> {
  const listen = { host: '127.0.0.1', port: 0 };
  const onError = (error: unknown) => console.error(error);
  const routes = [...applicationRoutes, ...systemRoutes];
  const { address } = await startApi({ store, tokens, listen, routes, onError });
  return `http://${address}`;
}

function plainRoutes(texts: Readonly<Record<string, string>>): readonly PlainRoute[] {
  return Object.entries(texts).flatMap(([path, text]): PlainRoute[] => {
    // A long text is sent as the bytes it was made into beforehand.
    const body = text.length > 100_000 ? Buffer.from(text) : text;
    const value: unknown = JSON.parse(text);
    const serialized = { path: `/serialized${path}`, answer: () => value, schema: schemaOf(value) };
    return [{ path, answer: () => body }, serialized];
  });
}

/** A schema that this value fits, as exact as response schemas are. */
function schemaOf(value: unknown): object {
  if (Array.isArray(value)) return { type: 'array', ...(value.length === 0 ? {} : { items: schemaOf(value[0]) }) };
  if (typeof value !== 'object' || value === null) return { type: typeof value };
  const properties = Object.entries(value).map(([key, part]) => [key, schemaOf(part)]);
  return { type: 'object', properties: Object.fromEntries(properties) as object };
}

async function memory(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await turn();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
