import { Command } from 'commander';
import { registerComment } from './comment.ts';
import { registerConnect } from './connect.ts';
import { registerExec } from './exec.ts';
import { registerGet } from './get.ts';
import { registerHashPassword, type PasswordInput } from './hash-password.ts';
import { registerInit } from './init.ts';
import type { CliIo } from './io.ts';
import { registerLogs } from './logs.ts';
import { registerPlan } from './plan.ts';
import { registerRestart } from './restart.ts';
import { registerRun } from './run-command.ts';
import { registerSync } from './sync.ts';
import { registerUninstall } from './uninstall.ts';
import { registerValidate } from './validate-command.ts';
import { registerWait } from './wait.ts';

export interface ProgramOptions {
  readonly io: CliIo;
  readonly version: string;
  /** Where `hash-password` reads; it wants to know whether that is a terminal. */
  readonly stdin: PasswordInput;
}

/** `fairlead` with all its commands; throws a CommanderError, which has been told, instead of ending the process. */
export function createProgram({ io, version, stdin }: ProgramOptions): Command {
  const program = new Command('fairlead')
    .description('a GitOps reconciler for Docker hosts')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  registerRun(program, io, version);
  registerInit(program, io);
  registerValidate(program, io, version);
  registerPlan(program, io);
  registerComment(program, io);
  registerGet(program, io);
  registerLogs(program, io);
  registerExec(program, io);
  registerConnect(program, io);
  registerRestart(program, io);
  registerSync(program, io);
  registerWait(program, io);
  registerUninstall(program, io);
  registerHashPassword(program, io, stdin);
  // Not the help itself: that of `run` is three screens, and what was wrong would have scrolled away.
  for (const command of [program, ...program.commands]) command.showHelpAfterError(hintOf(command));
  return program;
}

function hintOf(command: Command): string {
  const name = command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
  return `\`${name} --help\` tells what there is`;
}
