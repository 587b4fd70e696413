import type { Command } from 'commander';
import { awaitRun } from './await-run.ts';
import { ClientError } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { interruptionCode, type CliIo } from './io.ts';

interface SyncFlags extends ConnectionFlags {
  readonly wait?: true;
}

export interface SyncOptions {
  /** How often `--wait` asks. */
  readonly waitEveryMs?: number;
}

/** `fairlead sync`: 0 when it is accepted, or has succeeded with `--wait`, which prints the revision alone; else 1. */
export function registerSync(program: Command, io: CliIo, { waitEveryMs = 300 }: SyncOptions = {}): void {
  const command = program
    .command('sync')
    .description('look at the repository now')
    .option('--wait', 'wait until it was looked at, and print the revision that was seen; ends with 1 when it fails');
  addConnectionOptions(command).action(async (flags: SyncFlags) => {
    const signal = io.interrupted();
    try {
      // The repository is the site provider's, whoever is asked for elsewhere.
      const client = createClient({ ...resolveConnection(flags, io), tenant: undefined }, signal);
      const { 'fairlead-run': id } = await client.post('repository/sync', {});
      const run = String(id);
      if (!flags.wait) {
        io.stdout.write(`look at the repository accepted, run ${run}\n`);
        return;
      }
      const { revision, reason } = await awaitRun(run, { client, io, signal, waitEveryMs });
      io.stderr.write(`fairlead: ${reason}\n`);
      io.stdout.write(`${revision}\n`);
    } catch (error) {
      if (!signal.aborted && !(error instanceof ClientError)) throw error;
      if (error instanceof ClientError && !signal.aborted) io.stderr.write(`fairlead: ${error.message}\n`);
      io.setExitCode(signal.aborted ? interruptionCode(signal) : 1);
    }
  });
}
