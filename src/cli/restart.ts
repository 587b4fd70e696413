import type { Command } from 'commander';
import { awaitRun } from './await-run.ts';
import { ClientError } from './client-error.ts';
import { createClient, type Client } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { instancePath, type InstanceName } from './find-container.ts';
import { interruptionCode, type CliIo } from './io.ts';

interface RestartFlags extends ConnectionFlags {
  /** false: `--no-delayed-shutdown` */
  readonly delayedShutdown: boolean;
  readonly wait?: true;
}

export interface RestartOptions {
  /** How often `--wait` asks. */
  readonly waitEveryMs?: number;
}

/** `fairlead restart APP INSTANCE`: 0 when it is accepted, or has succeeded with `--wait`; else 1. */
export function registerRestart(program: Command, io: CliIo, { waitEveryMs = 500 }: RestartOptions = {}): void {
  const command = program
    .command('restart')
    .description('make a service instance anew, all but its volumes')
    .argument('<application>', 'its name')
    .argument('<instance>', 'the service instance, web-1 for example')
    .option('--no-delayed-shutdown', 'stop the old one at once, whatever the delayed shutdown of its service')
    .option('--wait', 'wait for what comes of it; ends with 1 when it fails');
  addConnectionOptions(command).action(async (application: string, instance: string, flags: RestartFlags) => {
    const signal = io.interrupted();
    try {
      const client = createClient(resolveConnection(flags, io), signal);
      const run = await restart(client, { application, instance }, flags);
      io.stdout.write(`restart of ${instance} of ${application} accepted, run ${run}\n`);
      if (!flags.wait) return;
      const { reason } = await awaitRun(run, { client, io, signal, waitEveryMs });
      io.stdout.write(`succeeded: ${reason}\n`);
    } catch (error) {
      if (!signal.aborted && !(error instanceof ClientError)) throw error;
      if (error instanceof ClientError && !signal.aborted) io.stderr.write(`fairlead: ${error.message}\n`);
      io.setExitCode(signal.aborted ? interruptionCode(signal) : 1);
    }
  });
}

/** @returns the id of its run. @throws ClientError */
async function restart(client: Client, of: InstanceName, { delayedShutdown }: RestartFlags): Promise<string> {
  const headers = await client.post(
    `${instancePath(of)}/restart`,
    delayedShutdown ? {} : { 'no-delayed-shutdown': true },
  );
  return String(headers['fairlead-run']);
}
