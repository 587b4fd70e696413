import type { ExecSession } from '../../docker/port.ts';
import { conflict } from '../protocol/errors.ts';
import { parseSelection } from '../protocol/query.ts';
import type { Answer, Route, View } from '../protocol/route.ts';
import { parseExecBody } from './exec-body.ts';
import { checkExecAllowed, checkExecGoesOn, checkTenantAllows } from './exec-ban.ts';
import { toFacts } from './facts.ts';
import { findContainer, type ContainerKind } from './find-container.ts';
import { runningContainer } from './locate.ts';
import { CONTAINERS } from './paths.ts';
import { toRefusal, type OpenSession, type Sessions } from './sessions.ts';

const DESCRIPTION = `A text is run by \`/bin/sh -c\` where the container has a shell, and split into words as a shell would where
it has none; a list is run as it is. What the command writes, to stdout or stderr, is the body, as it comes; its exit code
follows in the trailer \`Exec-Exit-Code\`, or is in the header of that name where it wrote nothing. There is no way to end a
command: who closes the connection stops listening, and the command runs on in the container. Run what may take long by
\`timeout\`.`;

const EXIT_CODE = 'Exec-Exit-Code';

/** Runs a command in a container (contract 5.4, seed 001). */
export function execRoutes(sessions: Sessions): readonly Route[] {
  return CONTAINERS.map(({ kind, path, id }) => ({
    path: `${path}/exec`,
    audience: 'tenants',
    methods: {
      POST: {
        id: `execIn${id}`,
        summary: `Run a command in a${kind === 'container' ? ' container' : 'n init container'}`,
        description: DESCRIPTION,
        role: 'exec',
        body: { schema: 'Exec', required: true },
        responses: {
          200: { description: 'What the command writes', contentType: 'application/octet-stream' },
          204: { description: 'The command has ended and wrote nothing' },
        },
        errors: [409],
        checkGoingOn: checkExecGoesOn,
        answer: (view) => exec(sessions, view, kind),
      },
    },
  }));
}

/** In THE order of checks (contract 5.1): nothing is run before the last of them. */
async function exec(sessions: Sessions, view: View, kind: ContainerKind): Promise<Answer> {
  checkExecAllowed(view);
  const found = findContainer(view, kind);
  checkTenantAllows(view.snapshot, found.entry.tenant);
  const { id } = runningContainer(found, sessions.host());
  const command = parseExecBody(view.body);
  parseSelection(view.query);
  const signal = view.signal();
  const facts = { ...toFacts(view, found, 'exec'), container: found.name };
  const opened = await sessions.open(facts, async () => {
    const cmd = await sessions.toWords(command, id, signal);
    return sessions.engine.openExec(id, { cmd, tty: false, stdin: false }, signal);
  });
  return answer(opened, signal);
}

/** A session that ends when the client is gone, and else with the command. */
async function answer({ connection, run, conclude }: OpenSession<ExecSession>, signal: AbortSignal): Promise<Answer> {
  const leave = (reason: string) => {
    conclude({ reason });
    connection.close();
  };
  const abort = () => leave('the client or the daemon closed the session');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const toExitCode = async () => {
    const exitCode = await connection.exitCode(signal);
    if (exitCode === undefined) throw conflict('the container is gone, and with it the command');
    conclude({ reason: 'the command ended', exitCode });
    connection.close();
    return String(exitCode);
  };
  const headers = run === undefined ? {} : { 'fairlead-run': run };
  try {
    const output = connection.output.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
    const first = await output.next();
    if (first.done === true)
      return { kind: 'empty', status: 204, headers: { ...headers, [EXIT_CODE.toLowerCase()]: await toExitCode() } };
    let exitCode = '';
    const chunks = outputOf(first.value, output, async () => void (exitCode = await toExitCode()));
    const trailer = { name: EXIT_CODE, value: () => Promise.resolve(exitCode) };
    const sent = { ...headers, 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return { kind: 'stream', contentType: 'application/octet-stream', headers: sent, chunks, trailer };
  } catch (error) {
    leave('the connection to the engine was lost');
    throw signal.aborted ? conflict('the request was given up') : toRefusal(error);
  }
}

/** Whoever reads it to the end knows that it is whole: it breaks off where the exit code cannot be told. */
async function* outputOf(
  first: Buffer,
  rest: AsyncIterable<Buffer>,
  onEnd: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
  await onEnd();
}
