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

export interface LogsFlags extends ConnectionFlags {
  readonly follow?: true;
  /** A duration, back from now, or RFC 3339. */
  readonly since?: string;
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
    await Promise.all(paths.map((path) => follow(path, showing, print).catch((error: unknown) => spare(path, error))));
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

async function follow(path: ContainerPath, showing: Showing, print: (line: LogLine) => Promise<void>): Promise<void> {
  const { client, of, flags, signal, retryMs, io } = showing;
  const read = async (since: string | undefined) => {
    const query = { follow: 'true', ...(since === undefined ? beginning(flags) : { since }) };
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

function beginning({ since, tail }: LogsFlags) {
  return { ...(since === undefined ? {} : { since }), ...(tail === undefined ? {} : { tail }) };
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
  const entries = paths.map(({ name }, index) => {
    const paint = colors[COLORS[index % COLORS.length] ?? 'cyan'];
    return [name, paint(`${name.padEnd(width)} | `)] as const;
  });
  const known = new Map(entries);
  return (name) => known.get(name) ?? '';
}
