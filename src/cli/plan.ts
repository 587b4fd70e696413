import { Option, type Command } from 'commander';
import type { LaterStepDocument, PlanDocument } from '../status/documents.ts';
import { formatPlan, isEmptyPlan, type PrintablePlan } from '../plan/format.ts';
import { ClientError } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import type { CliIo } from './io.ts';

interface PlanFlags extends ConnectionFlags {
  readonly format: 'text' | 'json';
}

/** contract 1 */
const EXIT = { noChange: 0, error: 1, changes: 3 };

/** `fairlead plan`: what the daemon would do now. Exits with 0 for no change, 3 for changes, 1 for an error. */
export function registerPlan(program: Command, io: CliIo): void {
  const command = program
    .command('plan')
    .description('show what the daemon would do now; exits with 3 when that is something')
    .addOption(new Option('--format <format>', 'form of the output').choices(['text', 'json']).default('text'));
  addConnectionOptions(command).action(async (flags: PlanFlags) => {
    try {
      const connection = resolveConnection(flags, io);
      const document = await createClient(connection, io.interrupted()).get('plan');
      if (!isPlanDocument(document)) throw new ClientError(`what ${connection.server} sends is no plan`);
      const plan = toPrintable(document);
      io.stdout.write(flags.format === 'json' ? `${JSON.stringify(document, undefined, 2)}\n` : formatPlan(plan));
      io.setExitCode(isEmptyPlan(plan) ? EXIT.noChange : EXIT.changes);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      io.stderr.write(`fairlead: ${error.message}\n`);
      io.setExitCode(EXIT.error);
    }
  });
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
