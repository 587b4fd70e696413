import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { helperLabels } from '../model/labels.ts';
import { startAttached, tryCreateAttached } from './attached-container.ts';
import type { EngineCalls } from './calls.ts';
import { holdRelay } from './held-relay.ts';
import { DockerError, type DialTarget } from './port.ts';

/** See DockerPort.dialFrom. */
export async function dialFrom(
  calls: EngineCalls,
  { sandboxId, owner, address, port }: DialTarget & { readonly sandboxId: string },
  signal: AbortSignal,
): Promise<Duplex> {
  const name = `fairlead.${owner}.connect.${randomBytes(6).toString('hex')}`;
  const place = { NetworkMode: `container:${sandboxId}`, PidMode: `container:${sandboxId}` };
  const id = await tryCreateAttached(calls, { name, command: 'relay', labels: helperLabels(owner), place }, signal);
  if (id === undefined) throw new DockerError('conflict', `the name ${name} is taken`);
  const what = `the helper ${name}`;
  const relay = await startAttached(calls, { id, what, hold: holdRelay, prove: ({ ready }) => ready }, signal);
  try {
    const connection = await relay.connect(address, port, signal);
    connection.once('close', () => void relay.close());
    return connection;
  } catch (error) {
    await relay.close();
    throw error;
  }
}
