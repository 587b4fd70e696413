import { once } from 'node:events';
import { InvalidArgumentError, type Command } from 'commander';
import { ClientError, reasonOf } from './client-error.ts';
import { createClient } from './client.ts';
import { addConnectionOptions, resolveConnection, type ConnectionFlags } from './connection.ts';
import { instancePath, type InstanceName } from './find-container.ts';
import { forwardTcp, type Forwarding } from './forward-tcp.ts';
import { forwardUdp } from './forward-udp.ts';
import type { CliIo } from './io.ts';
import { openSocket } from './open-socket.ts';
import { formatAddress, parseForward, type Forward } from './parse-forward.ts';

/** `fairlead connect APP INSTANCE LOCAL:REMOTE`: runs until Ctrl-C and ends with 0; with 1 when it cannot begin. */
export function registerConnect(program: Command, io: CliIo): void {
  const command = program
    .command('connect')
    .description('forward a port of this machine to where a service instance can reach, until Ctrl-C')
    .argument('<application>', 'its name')
    .argument('<instance>', 'the service instance, web-1 for example')
    .argument(
      '<local:remote>',
      'ports: 8080:80, 0:80 for any local port, 8080:10.0.0.5:80 for another address, 5353:53/udp',
      toForward,
    );
  addConnectionOptions(command).action(
    async (application: string, instance: string, forward: Forward, flags: ConnectionFlags) => {
      try {
        await connect({ of: { application, instance }, forward, flags }, io);
      } catch (error) {
        if (io.interrupted().aborted) return;
        if (!(error instanceof ClientError)) throw error;
        io.stderr.write(`fairlead: ${error.message}\n`);
        io.setExitCode(1);
      }
    },
  );
}

function toForward(text: string): Forward {
  const forward = parseForward(text);
  if (forward === undefined)
    throw new InvalidArgumentError(
      'It is not LOCAL:REMOTE, such as 8080:80, 127.0.0.1:8080:10.0.0.5:80 or 5353:53/udp.',
    );
  return forward;
}

interface Wish {
  readonly of: InstanceName;
  readonly forward: Forward;
  readonly flags: ConnectionFlags;
}

async function connect({ of, forward, flags }: Wish, io: CliIo): Promise<void> {
  const signal = io.interrupted();
  const connection = resolveConnection(flags, io);
  await checkInstance(createClient(connection, signal).get(instancePath(of)));
  const { protocol, local, remote } = forward;
  const target =
    remote.address === undefined ? `port ${remote.port}` : formatAddress({ ...remote, address: remote.address });
  const forwarding: Forwarding = {
    forward,
    open: () =>
      openSocket(connection, {
        path: `${instancePath(of)}/connect`,
        query: queryOf(forward),
        protocol: 'v1.connect.supd',
        signal,
      }),
    onProblem: (problem) => io.stderr.write(`fairlead: ${target}: ${problem}\n`),
    signal,
  };
  const listening = await (protocol === 'udp' ? forwardUdp : forwardTcp)(forwarding).catch((error: unknown) => {
    throw new ClientError(`cannot listen on ${formatAddress(local)} (${reasonOf(error)})`);
  });
  io.stdout.write(
    `${formatAddress(listening)} is now ${target} of ${of.instance}${protocol === 'udp' ? ' (udp)' : ''}\n`,
  );
  if (!signal.aborted) await once(signal, 'abort');
}

/** Sooner than at the first connection; whoever may not look may connect all the same. */
async function checkInstance(instance: Promise<unknown>): Promise<void> {
  await instance.catch((error: unknown) => {
    if (!(error instanceof ClientError) || error.status !== 403) throw error;
  });
}

function queryOf({ protocol, remote: { address, port } }: Forward) {
  return { protocol, port: String(port), ...(address === undefined ? {} : { 'ip-address': address }) };
}
