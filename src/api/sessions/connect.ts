import { isIP } from 'node:net';
import type { DialTarget } from '../../docker/port.ts';
import type { AuditFacts } from '../../journal/audit.ts';
import type { FoundInstance } from '../state/applications.ts';
import { findInstance } from '../state/applications.ts';
import { badRequest, conflict } from '../protocol/errors.ts';
import { parseSelection, type Query } from '../protocol/query.ts';
import type { Answer, Route, View } from '../protocol/route.ts';
import { chooseProtocol } from './ask-upgrade.ts';
import { checkExecAllowed, checkExecGoesOn, checkTenantAllows } from './exec-ban.ts';
import { toFacts } from './facts.ts';
import { findContainer, type ContainerKind } from './find-container.ts';
import { runningContainer, runningSandbox } from './locate.ts';
import { once } from '../protocol/once.ts';
import { CONTAINERS, INSTANCE } from './paths.ts';
import { relayConnection } from './relay-connection.ts';
import { toRefusal, type Sessions } from './sessions.ts';

const CONNECT = 'v1.connect.supd';
const TCP_CONNECT = 'v1.tcp-connect.supd';

const DESCRIPTION = `A WebSocket with the sub-protocol \`${CONNECT}\`, binary messages only. Of TCP a message is some bytes of the
stream, of UDP it is a datagram. An empty message of the client ends what it sends (TCP), as closing one half of a
connection does. When the other side has ended, and when it has sent everything, the server closes with 1000, with 1011
where the connection broke. Nobody answering at the address is 409.`;

const ANSWERS = {
  responses: { 101: { description: 'The connection is a WebSocket' } },
  errors: [409, 426],
  checkGoingOn: checkExecGoesOn,
} as const;

/** Connections from the network namespace of an instance (contract 5.4, seed 001). */
export function connectRoutes(sessions: Sessions): readonly Route[] {
  return [
    {
      path: `${INSTANCE}/connect`,
      audience: 'tenants',
      methods: {
        GET: {
          id: 'connectFromServiceInstance',
          summary: 'A connection from the network of a service instance',
          description: DESCRIPTION,
          role: 'exec',
          query: ['protocol', 'port', 'ip-address'],
          requiredQuery: ['protocol', 'port'],
          ...ANSWERS,
          answer: (view) => connect(sessions, view),
        },
      },
    },
    ...CONTAINERS.map(({ kind, path, id }): Route => ({
      path: `${path}/tcp-connect`,
      audience: 'tenants',
      methods: {
        GET: {
          id: `tcpConnectTo${id}`,
          summary: 'A TCP connection to the address of a service instance in its application network',
          description: `As \`connect\`, with the sub-protocol \`${TCP_CONNECT}\`.`,
          deprecated: true,
          role: 'exec',
          query: ['port'],
          requiredQuery: ['port'],
          ...ANSWERS,
          answer: (view) => tcpConnect(sessions, view, kind),
        },
      },
    })),
  ];
}

async function connect(sessions: Sessions, view: View): Promise<Answer> {
  checkExecAllowed(view);
  const found = findInstance(view);
  checkTenantAllows(view.snapshot, found.entry.tenant);
  const sandbox = runningSandbox(found, sessions.host());
  const subProtocol = chooseProtocol(view, [CONNECT]);
  const target = {
    protocol: parseProtocol(view.query),
    address: parseAddress(view.query),
    port: parsePort(view.query),
  };
  return dial(sessions, view, { found, sandboxId: sandbox.id, action: 'connect', target, subProtocol });
}

async function tcpConnect(sessions: Sessions, view: View, kind: ContainerKind): Promise<Answer> {
  checkExecAllowed(view);
  const found = findContainer(view, kind);
  checkTenantAllows(view.snapshot, found.entry.tenant);
  runningContainer(found, sessions.host());
  const sandbox = runningSandbox(found, sessions.host());
  const address = found.instance['application-network'].ips[0]?.replace(/\/.*/, '');
  if (address === undefined) throw conflict(`${found.instance.name} has no address in its application network`);
  const subProtocol = chooseProtocol(view, [TCP_CONNECT]);
  const target = { protocol: 'tcp', address, port: parsePort(view.query) } as const;
  const place = { found, container: found.name, sandboxId: sandbox.id };
  return dial(sessions, view, { ...place, action: 'tcp-connect', target, subProtocol });
}

interface Dialing {
  readonly found: FoundInstance;
  readonly container?: string;
  readonly sandboxId: string;
  readonly action: AuditFacts['action'];
  readonly target: Omit<DialTarget, 'owner'>;
  readonly subProtocol: string;
}

async function dial({ engine, owner, open }: Sessions, view: View, dialing: Dialing): Promise<Answer> {
  const { found, container, sandboxId, action, target, subProtocol } = dialing;
  parseSelection(view.query);
  const signal = view.signal();
  const { protocol, address, port } = target;
  const words = `${protocol} ${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
  const where = container === undefined ? {} : { container };
  const facts = { ...toFacts(view, found, action), ...where, target: words };
  const { connection, conclude } = await open(facts, async () => {
    try {
      return await engine.dialFrom(sandboxId, { owner, ...target }, signal);
    } catch (error) {
      const refusal = toRefusal(error);
      throw refusal instanceof Error && refusal !== error ? conflict(`${words}: ${refusal.message}`) : refusal;
    }
  });
  return {
    kind: 'upgrade',
    upgrade: {
      protocol: subProtocol,
      begin: (socket, ends) => void relayConnection(socket, connection, { protocol, ends }).then(conclude),
      abandon: () => {
        connection.destroy();
        conclude({ reason: 'the client was gone before it began' });
      },
    },
  };
}

function parseProtocol(query: Query): DialTarget['protocol'] {
  const text = once(query, 'protocol');
  if (text !== 'tcp' && text !== 'udp') throw badRequest('protocol: expected tcp or udp');
  return text;
}

function parsePort(query: Query): number {
  const text = once(query, 'port') ?? '';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw badRequest('port: expected a whole number from 1 to 65535');
  return port;
}

function parseAddress(query: Query): string {
  const text = once(query, 'ip-address') ?? '127.0.0.1';
  if (text.includes('%'))
    throw badRequest('ip-address: an address with a zone, such as fe80::1%eth0, cannot be reached');
  if (isIP(text) === 0) throw badRequest('ip-address: expected an address such as 127.0.0.1, not a name');
  return text;
}
