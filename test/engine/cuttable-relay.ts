import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DockerEndpoint } from '../../src/docker/endpoint.ts';

/** A socket in front of an engine whose connections a test can break, as the kernel does for a killed process. */
export interface CuttableRelay {
  /** `unix:///…` */
  readonly endpoint: string;
  cut(): void;
  close(): Promise<void>;
}

export async function openCuttableRelay(engine: DockerEndpoint): Promise<CuttableRelay> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-relay-'));
  const path = join(folder, 'docker.sock');
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = engine.kind === 'unix' ? { path: engine.socketPath } : { host: engine.host, port: engine.port };
    const upstream = connect({ ...target, allowHalfOpen: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    endpoint: `unix://${path}`,
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
