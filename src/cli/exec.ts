import type { Command } from 'commander';
import { ClientError } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { execSession } from './exec-session.ts';
import { containerPath, findContainer, listContainers, type InstanceName } from './find-container.ts';
import { interruptionCode, type CliIo } from './io.ts';
import { openSocket } from './open-socket.ts';
import { CLOSED_CODE, openOutput } from './output.ts';
import { quoteWords } from './quote-words.ts';
import type { SocketEnd } from './socket-flow.ts';

/** What `docker exec` ends with, too, when it is its own failure and not the command's. */
const FAILED = 125;

interface Wish {
  readonly of: InstanceName;
  /** undefined: the first one. */
  readonly container: string | undefined;
  readonly words: readonly string[];
  readonly flags: ConnectionFlags;
}

/** `fairlead exec APP INSTANCE [CONTAINER] -- CMD…`: exits as the command does, with 125 when it is not the command that failed. */
export function registerExec(program: Command, io: CliIo): void {
  const command = program
    .command('exec')
    .description('run a command in a container; on a terminal it can be used like any other')
    .argument('<application>', 'its name')
    .argument('<instance>', 'the service instance, web-1 for example')
    .argument('[container]', 'a container or an init container; without it the first container')
    .usage('[options] <application> <instance> [container] -- <command...>');
  const words = cutWords(program, command);
  addConnectionOptions(command).action(
    async (application: string, instance: string, container: string | undefined, flags: ConnectionFlags) => {
      if (words().length === 0) command.error('error: no command is given; it stands after --');
      const wish: Wish = { of: { application, instance }, container, words: words(), flags };
      io.setExitCode(await exec(wish, io));
    },
  );
}

/** What stands after `--` is nothing commander should look at, and it would forget where it began. */
function cutWords(program: Command, command: Command): () => readonly string[] {
  let words: readonly string[] = [];
  // Else the program would read what is meant for the command.
  program.enablePositionalOptions();
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const dashes = args.indexOf('--');
    words = dashes === -1 ? [] : args.slice(dashes + 1);
    return parseOptions(dashes === -1 ? args : args.slice(0, dashes));
  };
  return () => words;
}

async function exec(wish: Wish, io: CliIo): Promise<number> {
  const interrupted = io.interrupted();
  const { closed } = openOutput(io.stdout);
  const signal = AbortSignal.any([interrupted, closed]);
  try {
    const end = await connect(wish, io, signal);
    signal.throwIfAborted();
    return codeOf(end);
  } catch (error) {
    if (interrupted.aborted) return interruptionCode(interrupted);
    if (closed.aborted) return CLOSED_CODE;
    if (!(error instanceof ClientError)) throw error;
    io.stderr.write(`fairlead: ${error.message}\n`);
    return FAILED;
  }
}

async function connect({ of, container, words, flags }: Wish, io: CliIo, signal: AbortSignal): Promise<SocketEnd> {
  const connection = resolveConnection(flags, io);
  const client = createClient(connection, signal);
  const path =
    container === undefined ? (await listContainers(client, of))[0] : await findContainer(client, of, container);
  if (path === undefined) throw new ClientError(`${of.instance} has no container`);
  const socket = await openSocket(connection, {
    path: `${containerPath(of, path)}/exec-interactive`,
    query: { cmd: toCommand(words), tty: String(io.terminal !== undefined) },
    protocol: 'v1.exec-interactive.supd',
    signal,
  });
  return execSession(socket, io, signal);
}

/** It travels in the head of a request, of which servers take 16 KiB. */
const LONGEST_COMMAND = 12_000;

function toCommand(words: readonly string[]): string {
  const command = quoteWords(words);
  if (encodeURIComponent(command).length <= LONGEST_COMMAND) return command;
  throw new ClientError('the command is too long; pipe it to a shell instead: … -- sh < FILE');
}

/** @throws ClientError the command did not end, or nobody knows how */
function codeOf({ code, reason }: SocketEnd): number {
  const [, exit] = /^exit (\d+)$/.exec(reason) ?? [];
  if (code === 1000 && exit !== undefined) return Number(exit);
  if (code === 1006) throw new ClientError('the connection broke off; the command may run on in the container');
  throw new ClientError(`the session was closed: ${reason === '' ? `code ${code}` : reason}`);
}
