#!/usr/bin/env node
import { isatty } from 'node:tty';
import { Command, CommanderError } from 'commander';
import { registerGet } from './cli/get.ts';
import { registerHashPassword } from './cli/hash-password.ts';
import type { CliIo } from './cli/io.ts';
import { registerPlan } from './cli/plan.ts';
import { registerRun } from './cli/run-command.ts';
import { registerValidate } from './cli/validate-command.ts';
import { readVersion } from './version.ts';

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => ending.abort());

const io: CliIo = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  // process.stdout.isTTY is undefined on a pipe, whatever its type says.
  isTTY: isatty(1),
  logsToTTY: isatty(2),
  isRoot: process.getuid?.() === 0,
  interrupted: () => ending.signal,
  setExitCode: (code) => void (process.exitCode = code),
};

const version = readVersion();
const program = new Command('fairlead')
  .description('a GitOps reconciler for Docker hosts')
  .version(version)
  .exitOverride()
  .showHelpAfterError();
registerRun(program, io, version);
registerValidate(program, io);
registerPlan(program, io);
registerGet(program, io);
registerHashPassword(program, io, process.stdin);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // commander has printed what was wrong: asked-for help is 0, wrong usage is 2
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
