import { setTimeout as sleep } from 'node:timers/promises';
import picocolors from 'picocolors';
import { ClientError } from './client-error.ts';
import type { Client } from './client.ts';
import type { ConnectionFlags } from './connection.ts';
import {
  containerPath,
  findContainer,
  isDone,
  listContainers,
  type ContainerPath,
  type InstanceName,
} from './find-container.ts';
import { followLog } from './follow-log.ts';
import type { CliIo } from './io.ts';
import { logLines, mergeByTime, type LogLine } from './log-lines.ts';
import type { Output } from './output.ts';
import type { Query } from './target.ts';

export interface LogsFlags extends ConnectionFlags {
  readonly follow?: true;
  /** A duration, back from now, or RFC 3339. */
  readonly since?: string;
  /** As `since`; not with `follow`. */
  readonly until?: string;
  /** A number of lines. */
  readonly tail?: string;
  readonly timestamps?: true;
}

export interface LogsWish {
  readonly of: InstanceName;
  /** undefined: all of them. */
  readonly container: string | undefined;
  readonly flags: LogsFlags;
  readonly retryMs: number;
}

interface Showing extends LogsWish {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly io: CliIo;
}

/** By time, or with `follow` as the lines come, until there are none any more or `signal` aborts. @throws ClientError */
export async function showLogs(showing: Showing): Promise<void> {
  const { client, of, container, flags, output, io } = showing;
  const paths =
    container === undefined ? await listContainers(client, of) : [await findContainer(client, of, container)];
  const prefix = container === undefined ? prefixes(paths, io) : () => '';
  const print = ({ time, message, container: name }: LogLine) =>
    output.write(`${prefix(name)}${flags.timestamps ? `${time} ` : ''}${message}\n`);
  const spare = spareOthers(paths, io);
  if (flags.follow) {
    await followAll(paths, showing, { print, spare });
    return;
  }
  const logs = paths.map((path) => readOnce(path, showing, spare));
  for await (const line of mergeByTime(logs)) await print(line);
}

type Spare = (path: ContainerPath, error: unknown) => void;

/** The log that one of several containers does not have is told, and keeps nobody from the others. */
function spareOthers(paths: readonly ContainerPath[], { stderr }: CliIo): Spare {
  let left = paths.length;
  return ({ name }, error) => {
    left -= 1;
    const isItsOwn = error instanceof ClientError && (error.status === 404 || error.status === 409);
    if (!isItsOwn || left === 0) throw error;
    stderr.write(`fairlead: ${name}: ${error.message}\n`);
  };
}

async function* readOnce(path: ContainerPath, showing: Showing, spare: Spare): AsyncGenerator<LogLine, void> {
  const { client, of, flags } = showing;
  try {
    yield* named(path, logLines(await client.lines(`${containerPath(of, path)}/logs`, beginning(flags))));
  } catch (error) {
    spare(path, error);
  }
}

interface Following {
  readonly print: (line: LogLine) => Promise<void>;
  readonly spare: Spare;
}

/** So many times longer than it waits after an end, it waits until it looks for containers that are new. */
const LOOK_FACTOR = 3;

/** Where none is named, those that a new version adds are followed as well, from their first line on. */
async function followAll(
  paths: readonly ContainerPath[],
  showing: Showing,
  { print, spare }: Following,
): Promise<void> {
  const { client, of, container, flags, signal, retryMs } = showing;
  const known = new Set<string>();
  const open = new Set<Promise<void>>();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined);
  const begin = (path: ContainerPath, from: Query) => {
    known.add(path.name);
    const one: Promise<void> = follow(path, showing, { print, from })
      .catch((error: unknown) => spare(path, error))
      .catch(fail)
      .finally(() => open.delete(one));
    open.add(one);
  };
  for (const path of paths) begin(path, beginning(flags));
  while (open.size > 0) {
    await Promise.race([failed, ...open, elapsed(retryMs * LOOK_FACTOR, signal)]);
    if (signal.aborted) break;
    const now = container === undefined ? await listContainers(client, of).catch(() => []) : [];
    for (const path of now) if (!known.has(path.name)) begin(path, {});
  }
  // Of one that failed as the last.
  await Promise.race([failed, Promise.all(open)]);
}

function elapsed(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}

interface FollowingOne extends Pick<Following, 'print'> {
  /** Where it begins. */
  readonly from: Query;
}

async function follow(path: ContainerPath, showing: Showing, { print, from }: FollowingOne): Promise<void> {
  const { client, of, signal, retryMs, io } = showing;
  const read = async (since: string | undefined) => {
    const query = { follow: 'true', ...(since === undefined ? from : { since }) };
    return named(path, logLines(await client.lines(`${containerPath(of, path)}/logs`, query)));
  };
  await followLog({
    read,
    isOver: () => isDone(client, of, path),
    signal,
    retryMs,
    onLine: print,
    onNotice: (notice) => io.stderr.write(`fairlead: ${path.name}: ${notice}\n`),
  });
}

function beginning({ since, until, tail }: LogsFlags): Query {
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined ? {} : { tail }),
  };
}

/** Under the name that was asked for. */
async function* named({ name }: ContainerPath, lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine, void> {
  for await (const line of lines) yield { ...line, container: name };
}

const COLORS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

/** `nginx  | `, all of one width, on a terminal each in a colour of its own. */
function prefixes(paths: readonly ContainerPath[], { isTTY, env }: CliIo): (name: string) => string {
  const colors = picocolors.createColors(isTTY && !env['NO_COLOR']);
  const width = Math.max(...paths.map(({ name }) => name.length));
  const known = new Map<string, string>();
  const add = (name: string) => {
    const paint = colors[COLORS[known.size % COLORS.length] ?? 'cyan'];
    const prefix = paint(`${name.padEnd(width)} | `);
    known.set(name, prefix);
    return prefix;
  };
  for (const { name } of paths) add(name);
  return (name) => known.get(name) ?? add(name);
}
