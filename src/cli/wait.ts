import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseGraceTime, UnitError } from '../spec/units.ts';
import { formatDuration } from '../status/format.ts';
import { isPassing } from './await-run.ts';
import { ClientError } from './client-error.ts';
import { createClient, type Client } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { interruptionCode, type CliIo } from './io.ts';
import { newsOf, toStanding, type Standing } from './standing.ts';

interface WaitFlags extends ConnectionFlags {
  readonly revision: string;
  /** ms */
  readonly timeout: number;
}

export interface WaitOptions {
  /** How often the server is asked; it is cheap while nothing changed. */
  readonly waitEveryMs?: number;
}

const TIMEOUT_MS = 600_000;

/** `fairlead wait`: 0 when a revision is applied and ready, 1 when it failed or is not in time, 2 usage. */
export function registerWait(program: Command, io: CliIo, { waitEveryMs = 1_000 }: WaitOptions = {}): void {
  const command = program
    .command('wait')
    .description('wait until a commit, or a later one that contains it, is applied and everything is ready')
    .requiredOption('--revision <SHA>', 'the commit, or its first seven digits or more', parseRevision)
    .addOption(
      new Option('--timeout <DURATION>', 'how long at most, 24h at the longest')
        .argParser(parseTimeout)
        .default(TIMEOUT_MS, formatDuration(TIMEOUT_MS)),
    );
  addConnectionOptions(command).action(async (flags: WaitFlags) => {
    const signal = io.interrupted();
    const over = AbortSignal.timeout(flags.timeout);
    const either = AbortSignal.any([signal, over]);
    const client = createClient({ ...resolveConnection(flags, io), tenant: undefined }, either);
    const waiting = createWaiting({ client, io, signal: either, waitEveryMs });
    try {
      const standing = await waiting.end(flags.revision);
      if (standing.outcome === 'applied') io.stdout.write(`${sentenceOf(standing)}\n`);
      else tell(io, `${standing.revision} failed`, standing.reasons);
      io.setExitCode(standing.outcome === 'applied' ? 0 : 1);
    } catch (error) {
      if (!either.aborted && !(error instanceof ClientError)) throw error;
      if (over.aborted && !signal.aborted)
        tell(io, `${flags.revision} is not applied after ${formatDuration(flags.timeout)}`, waiting.missing());
      else if (!signal.aborted && error instanceof ClientError) tell(io, error.message, []);
      io.setExitCode(signal.aborted ? interruptionCode(signal) : 1);
    }
  });
}

function parseRevision(text: string): string {
  const revision = text.toLowerCase();
  if (/^[0-9a-f]{7,40}$/.test(revision)) return revision;
  throw new InvalidArgumentError('Expected 7 to 40 hexadecimal digits of a commit.');
}

function parseTimeout(text: string): number {
  try {
    return parseGraceTime(text);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new InvalidArgumentError(`It ${error.message}.`);
  }
}

function sentenceOf({ revision, judged }: Standing): string {
  return revision === judged ? `${revision} is applied` : `${revision} is applied with ${judged}, which contains it`;
}

function tell({ stderr }: Pick<CliIo, 'stderr'>, headline: string, reasons: readonly string[]): void {
  stderr.write(`fairlead: ${headline}${reasons.length === 0 ? '' : ':'}\n`);
  for (const reason of reasons) stderr.write(`  ${reason}\n`);
}

interface WaitingOptions {
  readonly client: Client;
  readonly io: Pick<CliIo, 'stderr'>;
  /** Ends it with an error. */
  readonly signal: AbortSignal;
  readonly waitEveryMs: number;
}

interface Waiting {
  /** How the commit stands once it waits no longer, over restarts of the daemon. @throws ClientError */
  end(revision: string): Promise<Standing>;
  /** What was in its way when that was last heard. */
  missing(): readonly string[];
}

function createWaiting({ client, io, signal, waitEveryMs }: WaitingOptions): Waiting {
  let reasons: readonly string[] = [];
  let told = '';

  /** What a person waits for, when it is something else than before. */
  function note(now: readonly string[]): void {
    reasons = now;
    const { key, lines } = newsOf(now);
    if (key !== told) for (const line of lines) io.stderr.write(`waiting: ${line}\n`);
    told = key;
  }

  /** undefined while nothing changed, or nobody answers. */
  async function ask(revision: string, tag: string): ReturnType<Client['getIfChanged']> {
    try {
      return await client.getIfChanged(`repository/revisions/${revision}`, tag);
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error;
      note([error.message]);
      return undefined;
    }
  }

  return {
    missing: () => reasons,
    async end(revision) {
      let tag = '';
      for (;;) {
        const answer = await ask(revision, tag);
        if (answer !== undefined) {
          const standing = toStanding(answer.body);
          if (standing.outcome !== 'waiting') return standing;
          tag = answer.tag;
          note(standing.reasons);
        }
        await sleep(waitEveryMs, undefined, { signal });
      }
    },
  };
}
