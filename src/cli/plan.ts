import { Option, type Command } from 'commander';
import type { LaterStepDocument, PlanDocument, ReviewDocument } from '../status/documents.ts';
import { formatPlan, isEmptyPlan, type PrintablePlan } from '../plan/format.ts';
import { REVIEW_FORMATS, type ReviewFormat } from '../review/format-review.ts';
import { ClientError } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import type { CliIo } from './io.ts';
import { openOutput } from './output.ts';

interface PlanFlags extends ConnectionFlags {
  readonly base?: string;
  readonly head?: string;
  readonly ref?: string;
  readonly repository: string;
  readonly path: string;
  readonly mergeBase: boolean;
  readonly format: ReviewFormat;
}

/** contract 1 */
const EXIT = { noChange: 0, error: 1, usage: 2, changes: 3 };

/**
 * `fairlead plan`: what the daemon would do now, with `--ref` what it would do if that were merged; or, with `--base` or
 * `--head`, what a revision would change, from a repository on this machine alone. Exits with 0 for no change, 3 for changes, 1 for an error.
 */
export function registerPlan(program: Command, io: CliIo): void {
  const command = program
    .command('plan')
    .description(
      'show what the daemon would do now, or what a revision would change; exits with 3 when that is something',
    )
    .option('--ref <REF>', 'what the daemon would do if this branch, or refs/pull/12/head, were merged now')
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

function misusedOffline({ server, ref }: PlanFlags): string | undefined {
  if (ref !== undefined) return '--ref asks a server, --base and --head ask none: choose';
  return server === undefined ? undefined : '--base and --head ask no server: leave out --server';
}

function misusedOnline({ format, ref }: PlanFlags): string | undefined {
  if (ref !== undefined || format === 'text' || format === 'json') return undefined;
  return `--format ${format} is for a revision: name one with --ref, --base or --head`;
}

async function showReview(flags: PlanFlags, io: CliIo): Promise<number> {
  // No other command needs the code that reads git.
  const { runReview } = await import('./review.ts');
  return await runReview(flags, io);
}

async function showDaemonsPlan({ ref, format, ...flags }: PlanFlags, io: CliIo): Promise<number> {
  try {
    const connection = resolveConnection(flags, io);
    const document = await createClient(connection, io.interrupted()).get('plan', ref === undefined ? {} : { ref });
    const shown = ref === undefined ? showPlan(document, format) : await showLive(document, format);
    if (shown === undefined) throw new ClientError(`what ${connection.server} sends is no plan`);
    await openOutput(io.stdout).write(shown.text);
    return shown.changes ? EXIT.changes : EXIT.noChange;
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    io.stderr.write(`fairlead: ${error.message}\n`);
    return EXIT.error;
  }
}

interface Shown {
  readonly text: string;
  readonly changes: boolean;
}

/** undefined: this is no plan. */
function showPlan(document: unknown, format: ReviewFormat): Shown | undefined {
  if (!isPlanDocument(document)) return undefined;
  const plan = toPrintable(document);
  const text = format === 'json' ? `${JSON.stringify(document, undefined, 2)}\n` : formatPlan(plan);
  return { text, changes: !isEmptyPlan(plan) };
}

/** undefined: this is no review. */
async function showLive(document: unknown, format: ReviewFormat): Promise<Shown | undefined> {
  if (!isReviewDocument(document)) return undefined;
  const { formatReview } = await import('../review/format-review.ts');
  return { text: formatReview(document, format), changes: document.changed };
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
  return holdsLists(body, ['steps', 'later', 'held', 'blocked']);
}

function isReviewDocument(body: unknown): body is ReviewDocument {
  return holdsLists(body, ['documents', 'sites', 'rejected', 'problems', 'mended', 'warnings', 'notes']);
}

function holdsLists(body: unknown, names: readonly string[]): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const lists: Readonly<Record<string, unknown>> = { ...body };
  return names.every((key) => Array.isArray(lists[key]));
}
