import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { loadRunConfig, type RunConfig } from '../config.ts';
import { fileReason } from '../file-reason.ts';
import type { CliIo } from './io.ts';
import { settingOptions } from './setting-options.ts';

/** `fairlead run`: 0 ended in order, 1 failed, 2 usage (contract 1). */
export function registerRun(program: Command, io: CliIo, version: string): void {
  const command = program
    .command('run')
    .description('the daemon: keeps the Docker host as the repository says')
    .option('--config <FILE>', 'a file with these settings (FAIRLEAD_CONFIG, default ./fairlead.yaml where it exists)');
  for (const option of settingOptions()) command.addOption(option);
  command.action(async (flags: Readonly<Record<string, unknown>>) => {
    const config = loadConfig(flags, io);
    if (config !== undefined) io.setExitCode(await runConfigured(config, io, version));
  });
}

/** undefined when it is wrong: then the problems have been told. */
function loadConfig(flags: Readonly<Record<string, unknown>>, io: CliIo): RunConfig | undefined {
  const named = typeof flags['config'] === 'string' ? flags['config'] : io.env['FAIRLEAD_CONFIG'];
  const path = named ?? (existsSync('fairlead.yaml') ? 'fairlead.yaml' : undefined);
  try {
    const file = path === undefined ? undefined : { path, bytes: readFileSync(path) };
    const loaded = loadRunConfig({ flags, env: io.env, file, isRoot: io.isRoot });
    if (loaded.ok) return loaded.config;
    for (const problem of loaded.problems) io.stderr.write(`error: ${problem}\n`);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    io.stderr.write(`error: cannot read the configuration file ${path}: ${fileReason(error)}\n`);
  }
  io.setExitCode(2);
  return undefined;
}

async function runConfigured(config: RunConfig, io: CliIo, version: string): Promise<number> {
  // Reading the code of the daemon takes longer than most other commands do.
  const [{ createLog }, { runDaemon }] = await Promise.all([import('../log.ts'), import('../run.ts')]);
  const log = createLog({ readable: io.logsToTTY });
  try {
    return await runDaemon({ config, version, log, env: io.env, signal: io.interrupted() });
  } catch (error) {
    log.fatal({ error: error instanceof Error ? error.message : String(error) }, 'cannot run');
    return 1;
  }
}
