import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration, UnitError } from '../spec/units.ts';
import { ClientError } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection } from './connection.ts';
import { interruptionCode, type CliIo } from './io.ts';
import { CLOSED_CODE, openOutput } from './output.ts';
import { showLogs, type LogsFlags, type LogsWish } from './show-logs.ts';

export interface LogsOptions {
  /** How long `--follow` waits before it turns to the server again. */
  readonly retryMs?: number;
}

/** `fairlead logs APP INSTANCE [CONTAINER]`: 0, 1 when a log cannot be had, 130 after Ctrl-C. */
export function registerLogs(program: Command, io: CliIo, { retryMs = 1000 }: LogsOptions = {}): void {
  const command = program
    .command('logs')
    .description('show what containers have logged, on stdout and stderr alike')
    .argument('<application>', 'its name')
    .argument('<instance>', 'the service instance, web-1 for example')
    .argument('[container]', 'a container or an init container; without it all containers, each line with its name')
    .option('-f, --follow', 'go on with what is logged from now on, until Ctrl-C')
    .addOption(
      new Option(
        '--since <time>',
        'only what was logged since then: 10m for ten minutes ago, or a time in RFC 3339',
      ).argParser(parseMoment),
    )
    .addOption(
      new Option('--until <time>', 'only what was logged before then, told in the same ways')
        .argParser(parseMoment)
        .conflicts('follow'),
    )
    .addOption(new Option('--tail <N>', 'only the last so many lines of each container').argParser(parseTail))
    .option('--timestamps', 'begin each line with its time');
  addConnectionOptions(command).action(
    async (application: string, instance: string, container: string | undefined, flags: LogsFlags) => {
      const of = { application, instance };
      io.setExitCode(await logs({ of, container, flags, retryMs }, io));
    },
  );
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** It goes as it is: what ten minutes ago was, the clock of the server says. */
function parseMoment(text: string): string {
  if (TIME.test(text) && !Number.isNaN(Date.parse(text))) return text;
  try {
    parseDuration(text);
    return text;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new InvalidArgumentError('It is neither a duration (10m, 1h30m) nor a time (2026-01-02T03:04:05Z).');
  }
}

function parseTail(text: string): string {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a number of lines.');
  return text;
}

async function logs(wish: LogsWish, io: CliIo): Promise<number> {
  const interrupted = io.interrupted();
  const output = openOutput(io.stdout);
  const over = new AbortController();
  const signal = AbortSignal.any([interrupted, output.closed, over.signal]);
  try {
    const client = createClient(resolveConnection(wish.flags, io), signal);
    await showLogs({ ...wish, client, signal, output, io });
    signal.throwIfAborted();
    return 0;
  } catch (error) {
    if (interrupted.aborted) return interruptionCode(interrupted);
    if (output.closed.aborted) return CLOSED_CODE;
    if (!(error instanceof ClientError)) throw error;
    io.stderr.write(`fairlead: ${error.message}\n`);
    return 1;
  } finally {
    // Where one log fails the others would be read on.
    over.abort();
  }
}
