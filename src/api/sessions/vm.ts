import { findInstance } from '../state/applications.ts';
import { conflict } from '../protocol/errors.ts';
import type { Operation, Route, View } from '../protocol/route.ts';
import { INSTANCE } from './paths.ts';

/** The same for virtual machines, of which there are none yet (contract 8.14). */
export const vmRoutes: readonly Route[] = [
  {
    path: `${INSTANCE}/vm-container/exec`,
    audience: 'tenants',
    methods: {
      POST: {
        ...notYet('execInVm', 'Run a command in a virtual machine'),
        body: { schema: 'Exec', required: true },
        responses: { 204: { description: 'The command has ended and wrote nothing' } },
      },
    },
  },
  {
    path: `${INSTANCE}/vm-container/exec-interactive`,
    audience: 'tenants',
    methods: {
      GET: {
        ...notYet('execInteractiveInVm', 'Run a command in a virtual machine and talk with it'),
        query: ['cmd', 'tty'],
        requiredQuery: ['cmd'],
      },
    },
  },
  {
    path: `${INSTANCE}/vm-container/tcp-connect`,
    audience: 'tenants',
    methods: {
      GET: {
        ...notYet('tcpConnectToVm', 'A TCP connection to a virtual machine'),
        deprecated: true,
        query: ['port'],
        requiredQuery: ['port'],
      },
    },
  },
];

function notYet(id: string, summary: string): Operation {
  return {
    id,
    summary,
    description: 'Not supported yet: 409.',
    role: 'exec',
    responses: { 101: { description: 'The connection is a WebSocket' } },
    errors: [409],
    answer: refuse,
  };
}

function refuse(view: View): never {
  const { instance } = findInstance(view);
  throw conflict(`${instance.name} has no virtual machine: not supported yet: vm`);
}
