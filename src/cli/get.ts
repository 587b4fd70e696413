import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Option, type Command } from 'commander';
import picocolors from 'picocolors';
import { toYaml } from '../api/protocol/yaml-text.ts';
import { ClientError } from './client-error.ts';
import { createClient, type Client } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { eventQuery, isKind, isRow, KIND_VIEWS, type KindView, type Row } from './get-views.ts';
import type { CliIo } from './io.ts';
import { formatTable, printable } from './table.ts';
import { watchEvents } from './watch-events.ts';

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
    .argument('[name]', 'only the one of this name; of events those of the application of this name')
    .addOption(
      new Option('-o, --output <format>', 'form of the output').choices(['table', 'yaml', 'json']).default('table'),
    )
    .option('-w, --watch', 'show it again whenever it changes, or events as they happen, until Ctrl-C');
  addConnectionOptions(command).action(async (kind: string, name: string | undefined, flags: GetFlags) => {
    if (!isKind(kind)) throw new TypeError(`commander let the kind ${kind} pass`);
    const request: Request = { view: KIND_VIEWS[kind], name, flags, io };
    try {
      if (flags.watch && kind === 'events') await follow(request, watchEveryMs);
      else if (flags.watch) await watch(request, watchEveryMs);
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
  const isOne = name !== undefined && view.isChosenByName === undefined;
  if (isOne && only === undefined) throw new ClientError(`no ${view.noun} ${name}`);
  const body = isOne && rows.length === 1 ? only : rows;
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

/** Events, one after the other: lines of a table, documents of YAML or lines of JSON. */
async function follow({ view, name, flags, io }: Request, retryMs: number): Promise<void> {
  const signal = io.interrupted();
  if (flags.output === 'table') io.stdout.write(followedLine(view.columns.map(({ title }) => title)));
  await watchEvents({
    client: createClient(resolveConnection(flags, io), signal),
    query: eventQuery(name),
    signal,
    retryMs,
    onEvent: (body) => isRow(body) && io.stdout.write(followedText(view, body, flags.output)),
    onNotice: (notice) => io.stderr.write(`fairlead: ${notice}\n`),
  });
}

function followedText({ columns }: KindView, row: Row, output: GetFlags['output']): string {
  switch (output) {
    case 'json':
      return `${JSON.stringify(row)}\n`;
    case 'yaml':
      return `---\n${toYaml(row)}`;
    case 'table':
      return followedLine(columns.map(({ cell }) => cell(row)));
    default:
      return output satisfies never;
  }
}

/** What comes later is not known, so the columns have a width of their own. */
const FOLLOWED_WIDTHS = [24, 24, 32];

function followedLine(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => printable(cell).padEnd(FOLLOWED_WIDTHS[i] ?? 0));
  return `${padded.join('   ').trimEnd()}\n`;
}

function toNotice(error: unknown, signal: AbortSignal): string {
  if (error instanceof ClientError && !signal.aborted) return `fairlead: ${error.message}\n`;
  throw error;
}
