import { Option, type Command } from 'commander';
import type { LaterStepDocument, PlanDocument } from '../status/documents.ts';
import { formatPlan, isEmptyPlan, type PrintablePlan } from '../plan/format.ts';
import { REVIEW_FORMATS, type ReviewFormat } from '../review/format-review.ts';
import { ClientError } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import type { CliIo } from './io.ts';

interface PlanFlags extends ConnectionFlags {
  readonly base?: string;
  readonly head?: string;
  readonly repository: string;
  readonly path: string;
  readonly mergeBase: boolean;
  readonly format: ReviewFormat;
}

/** contract 1 */
const EXIT = { noChange: 0, error: 1, usage: 2, changes: 3 };

/**
 * `fairlead plan`: what the daemon would do now; or, with `--base` or `--head`, what a revision would change, from a
 * repository on this machine alone. Exits with 0 for no change, 3 for changes, 1 for an error.
 */
export function registerPlan(program: Command, io: CliIo): void {
  const command = program
    .command('plan')
    .description(
      'show what the daemon would do now, or what a revision would change; exits with 3 when that is something',
    )
    .option('--base <REF>', 'offline: what is compared with (default: the branch of origin that others grow from)')
    .option('--head <REF>', 'offline: the revision that is looked at (default: HEAD)')
    .option('--no-merge-base', 'offline: compare with the very commit of --base, not with where --head left it')
    .option('--repository <PATH>', 'offline: the repository; only what is committed counts', '.')
    .option('--path <DIR>', 'offline: the folder in the repository that holds tenants/', '.')
    .addOption(new Option('--format <FORMAT>', 'form of the output').choices(REVIEW_FORMATS).default('text'));
  addConnectionOptions(command).action(async (flags: PlanFlags) => {
    const isOffline = flags.base !== undefined || flags.head !== undefined;
    const misuse = isOffline ? misusedOffline(flags) : misusedOnline(flags);
    if (misuse === undefined) {
      io.setExitCode(await (isOffline ? showReview(flags, io) : showDaemonsPlan(flags, io)));
      return;
    }
    io.stderr.write(`error: ${misuse}\n`);
    io.setExitCode(EXIT.usage);
  });
}

function misusedOffline({ server }: PlanFlags): string | undefined {
  return server === undefined ? undefined : '--base and --head ask no server: leave out --server';
}

function misusedOnline({ format }: PlanFlags): string | undefined {
  if (format === 'text' || format === 'json') return undefined;
  return `--format ${format} is for a revision: name one with --base or --head`;
}

async function showReview(flags: PlanFlags, io: CliIo): Promise<number> {
  // No other command needs the code that reads git.
  const { runReview } = await import('./review.ts');
  return await runReview(flags, io);
}

async function showDaemonsPlan(flags: PlanFlags, io: CliIo): Promise<number> {
  try {
    const connection = resolveConnection(flags, io);
    const document = await createClient(connection, io.interrupted()).get('plan');
    if (!isPlanDocument(document)) throw new ClientError(`what ${connection.server} sends is no plan`);
    const plan = toPrintable(document);
    io.stdout.write(flags.format === 'json' ? `${JSON.stringify(document, undefined, 2)}\n` : formatPlan(plan));
    return isEmptyPlan(plan) ? EXIT.noChange : EXIT.changes;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    io.stderr.write(`fairlead: ${error.message}\n`);
    return EXIT.error;
  }
}

function toPrintable({ steps, later, held, blocked }: PlanDocument): PrintablePlan {
  return {
    steps,
    later: later.map((step: LaterStepDocument) => ({ step, waitingFor: step['waiting-for'] })),
    held,
    blocked: Object.fromEntries(blocked.map(({ application, reason }) => [application, reason])),
  };
}

/** Enough to tell a plan from what another server may answer. */
function isPlanDocument(body: unknown): body is PlanDocument {
  if (typeof body !== 'object' || body === null) return false;
  const lists: Readonly<Record<string, unknown>> = { ...body };
  return ['steps', 'later', 'held', 'blocked'].every((key) => Array.isArray(lists[key]));
}
