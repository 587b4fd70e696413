import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Option, type Command } from 'commander';
import picocolors from 'picocolors';
import { toYaml } from '../api/yaml-text.ts';
import { ClientError, createClient, type Client } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { isKind, KIND_VIEWS, type KindView, type Row } from './get-views.ts';
import type { CliIo } from './io.ts';
import { formatTable } from './table.ts';

interface GetFlags extends ConnectionFlags {
  readonly output: 'table' | 'yaml' | 'json';
  readonly watch?: true;
}

export interface GetOptions {
  /** How often `--watch` asks. */
  readonly watchEveryMs?: number;
}

/** `fairlead get KIND [NAME]`; exits with 0, or with 1 when it cannot be had. */
export function registerGet(program: Command, io: CliIo, { watchEveryMs = 2000 }: GetOptions = {}): void {
  const command = program
    .command('get')
    .description('show what runs')
    .addArgument(new Argument('<kind>', 'what to show').choices(Object.keys(KIND_VIEWS)))
    .argument('[name]', 'only the one of this name')
    .addOption(
      new Option('-o, --output <format>', 'form of the output').choices(['table', 'yaml', 'json']).default('table'),
    )
    .option('-w, --watch', 'show it again whenever it changes, until Ctrl-C');
  addConnectionOptions(command).action(async (kind: string, name: string | undefined, flags: GetFlags) => {
    if (!isKind(kind)) throw new TypeError(`commander let the kind ${kind} pass`);
    const request: Request = { view: KIND_VIEWS[kind], name, flags, io };
    try {
      if (flags.watch) await watch(request, watchEveryMs);
      else io.stdout.write(await show(request, createClient(resolveConnection(flags, io), io.interrupted())));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      io.stderr.write(`fairlead: ${error.message}\n`);
      io.setExitCode(1);
    }
  });
}

interface Request {
  readonly view: KindView;
  readonly name: string | undefined;
  readonly flags: GetFlags;
  readonly io: CliIo;
}

/** @throws ClientError */
async function show({ view, name, flags, io }: Request, client: Client): Promise<string> {
  const rows = await view.load(client, name);
  const [only] = rows;
  if (name !== undefined && only === undefined) throw new ClientError(`no ${view.noun} ${name}`);
  const body = name !== undefined && rows.length === 1 ? only : rows;
  switch (flags.output) {
    case 'json':
      return `${JSON.stringify(body, undefined, 2)}\n`;
    case 'yaml':
      return toYaml(body);
    case 'table':
      return toTable(view, rows, io);
    default:
      return flags.output satisfies never;
  }
}

/** A column nothing stands in is left out, the tenant of somebody who has but one for example. */
function toTable({ noun, columns }: KindView, rows: readonly Row[], { isTTY, env }: CliIo): string {
  if (rows.length === 0) return `No ${noun}s.\n`;
  const shown = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  const colors = picocolors.createColors(isTTY && !env['NO_COLOR']);
  const paint = (text: string, column: number) =>
    shown[column]?.title === 'STATUS' ? colors[colorOf(text)](text) : text;
  return formatTable(
    shown.map(({ title }) => title),
    rows.map((row) => shown.map(({ cell }) => cell(row))),
    paint,
  );
}

function colorOf(status: string): 'green' | 'red' | 'yellow' | 'dim' {
  if (['running', 'deployed', 'up'].includes(status)) return 'green';
  if (['error', 'failed', 'down', 'blocked'].includes(status)) return 'red';
  return status === 'admin-down' ? 'dim' : 'yellow';
}

/** Home, and everything below it cleared. */
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/** A daemon that is away for a while does not end it, but one that is not there to begin with does. */
async function watch(request: Request, everyMs: number): Promise<void> {
  const { io, flags } = request;
  const signal = io.interrupted();
  const client = createClient(resolveConnection(flags, io), signal);
  const draw = (text: string) => io.stdout.write(`${io.isTTY ? CLEAR_SCREEN : ''}${text}`);
  try {
    let drawn = await show(request, client);
    draw(drawn);
    for (;;) {
      await sleep(everyMs, undefined, { signal });
      const next = await show(request, client).catch((error: unknown) => toNotice(error, signal));
      if (next !== drawn) draw(next);
      drawn = next;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function toNotice(error: unknown, signal: AbortSignal): string {
  if (error instanceof ClientError && !signal.aborted) return `fairlead: ${error.message}\n`;
  throw error;
}
