import { badRequest } from '../protocol/errors.ts';
import { parseSelection, type Query } from '../protocol/query.ts';
import type { Answer, Route, View } from '../protocol/route.ts';
import { chooseProtocol } from './ask-upgrade.ts';
import { parseCommand } from './exec-body.ts';
import { checkExecAllowed, checkExecGoesOn, checkTenantAllows } from './exec-ban.ts';
import { toFacts } from './facts.ts';
import { findContainer, type ContainerKind } from './find-container.ts';
import { runningContainer } from './locate.ts';
import { once } from '../protocol/once.ts';
import { CONTAINERS } from './paths.ts';
import { relayExec } from './relay-exec.ts';
import type { Sessions } from './sessions.ts';

const PROTOCOL = 'v1.exec-interactive.supd';

const DESCRIPTION = `A WebSocket with the sub-protocol \`${PROTOCOL}\`, binary messages only. Those of the server are what the
command writes. Those of the client are the byte 0x10 and what is typed (nothing behind it: the end of stdin), or the byte
0x11 and \`{"h": lines, "w": columns}\`, sent whenever the size of the terminal changes. After the command has ended the server
closes with 1000 and the reason \`exit N\`, with 1011 where the container or the engine is gone. A message of another kind
closes with 1003, a size that is none with 1007. A command whose client has gone runs on.`;

/** Runs a command in a container and is connected with it (contract 5.4, seed 001). */
export function execInteractiveRoutes(sessions: Sessions): readonly Route[] {
  return CONTAINERS.map(({ kind, path, id }) => ({
    path: `${path}/exec-interactive`,
    audience: 'tenants',
    methods: {
      GET: {
        id: `execInteractiveIn${id}`,
        summary: `Run a command in a${kind === 'container' ? ' container' : 'n init container'} and talk with it`,
        description: DESCRIPTION,
        role: 'exec',
        query: ['cmd', 'tty'],
        requiredQuery: ['cmd'],
        responses: { 101: { description: 'The connection is a WebSocket' } },
        errors: [409, 426],
        checkGoingOn: checkExecGoesOn,
        answer: (view) => execInteractive(sessions, view, kind),
      },
    },
  }));
}

async function execInteractive(sessions: Sessions, view: View, kind: ContainerKind): Promise<Answer> {
  checkExecAllowed(view);
  const found = findContainer(view, kind);
  checkTenantAllows(view.snapshot, found.entry.tenant);
  const { id } = runningContainer(found, sessions.host());
  const protocol = chooseProtocol(view, [PROTOCOL]);
  const command = parseCommand(once(view.query, 'cmd'));
  const tty = parseTty(view.query);
  parseSelection(view.query);
  const signal = view.signal();
  const facts = { ...toFacts(view, found, 'exec-interactive'), container: found.name };
  const { connection, conclude } = await sessions.open(facts, async () => {
    const cmd = await sessions.toWords(command, id, signal);
    return sessions.engine.openExec(id, { cmd, tty, stdin: true }, signal);
  });
  return {
    kind: 'upgrade',
    upgrade: {
      protocol,
      begin: (socket, ends) => void relayExec(socket, connection, { tty, ends }).then(conclude),
      abandon: () => {
        connection.close();
        conclude({ reason: 'the client was gone before it began' });
      },
    },
  };
}

function parseTty(query: Query): boolean {
  const text = once(query, 'tty') ?? 'true';
  if (text !== 'true' && text !== 'false') throw badRequest('tty: expected true or false');
  return text === 'true';
}
