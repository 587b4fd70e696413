#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { registerComment } from './cli/comment.ts';
import { registerConnect } from './cli/connect.ts';
import { registerExec } from './cli/exec.ts';
import { registerGet } from './cli/get.ts';
import { registerHashPassword } from './cli/hash-password.ts';
import { registerInit } from './cli/init.ts';
import { registerLogs } from './cli/logs.ts';
import { registerPlan } from './cli/plan.ts';
import { createProcessIo } from './cli/process-io.ts';
import { registerRestart } from './cli/restart.ts';
import { registerRun } from './cli/run-command.ts';
import { registerSync } from './cli/sync.ts';
import { registerUninstall } from './cli/uninstall.ts';
import { registerValidate } from './cli/validate-command.ts';
import { registerWait } from './cli/wait.ts';
import { readVersion } from './version.ts';

const io = createProcessIo();
const version = readVersion();
const program = new Command('fairlead')
  .description('a GitOps reconciler for Docker hosts')
  .version(version)
  .exitOverride()
  .showHelpAfterError();
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
registerHashPassword(program, io, process.stdin);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // commander has printed what was wrong: asked-for help is 0, wrong usage is 2
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
