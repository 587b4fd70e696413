import type { DockerPort } from '../../docker/port.ts';
import { badRequest } from '../protocol/errors.ts';
import { ShellWordsError, splitWords } from './shell-words.ts';

/** A text for a shell, or the words of a command. */
export type Command = string | readonly string[];

/** What is to be run in a container for a command. @throws ApiError 400 @throws DockerError */
export type CommandResolver = (
  command: Command,
  containerId: string,
  signal: AbortSignal,
) => Promise<readonly string[]>;

const SHELL = '/bin/sh';

/** What an engine says of a program that is not there, or is none. */
const NO_PROGRAM: ReadonlySet<number> = new Set([126, 127]);

/** Forgotten together when there are more: containers come and go. */
const MOST_REMEMBERED = 10_000;

/**
 * A text is run by the shell of the container and split into words where it has none (contract 5.4). Whether it has one is
 * found out by a command that does nothing: what was asked for is never run to find that out. Of a container that has one
 * that is remembered.
 */
export function createCommandResolver(engine: Pick<DockerPort, 'exec'>): CommandResolver {
  const withShell = new Set<string>();

  async function hasShell(containerId: string, signal: AbortSignal): Promise<boolean> {
    if (withShell.has(containerId)) return true;
    const { exitCode } = await engine.exec(containerId, [SHELL, '-c', ':'], signal);
    if (NO_PROGRAM.has(exitCode)) return false;
    if (withShell.size >= MOST_REMEMBERED) withShell.clear();
    withShell.add(containerId);
    return true;
  }

  return async (command, containerId, signal) => {
    if (typeof command !== 'string') return command;
    return (await hasShell(containerId, signal)) ? [SHELL, '-c', command] : toWords(command);
  };
}

function toWords(command: string): readonly string[] {
  try {
    return splitWords(command);
  } catch (error) {
    if (error instanceof ShellWordsError) throw badRequest(`cmd: ${error.message}`);
    throw error;
  }
}
