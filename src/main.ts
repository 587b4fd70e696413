#!/usr/bin/env node
import { CommanderError } from 'commander';
import { createProcessIo } from './cli/process-io.ts';
import { createProgram } from './cli/program.ts';
import { readVersion } from './version.ts';

try {
  const program = createProgram({ io: createProcessIo(), version: readVersion(), stdin: process.stdin });
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // commander has printed what was wrong: asked-for help is 0, wrong usage is 2
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
