import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Order, Reply } from './state-server.ts';

/** The process of state-server.ts. */
export interface StateServer {
  /** One at a time. What it answers with is a number, or the origin of what is served. */
  ask<O extends Order>(order: O): Promise<O extends { kind: 'serve' | 'serve-plain' } ? string : number>;
  stop(): void;
}

/** Compiled as it is shipped, and able to collect its garbage when asked. */
const EXEC_ARGV = ['--expose-gc', '--import', './bench/typescript-loader.mjs'];

export function startStateServer(): StateServer {
  const child = fork('bench/state-server.ts', [], { execArgv: EXEC_ARGV });
  return {
    async ask(order) {
      child.send(order);
      const settled = new AbortController();
      const { signal } = settled;
      const ended = once(child, 'exit', { signal }).then(() => [{ error: 'the server ended' }]);
      const [reply] = (await Promise.race([once(child, 'message', { signal }), ended])) as [Reply];
      settled.abort();
      if ('error' in reply) throw new Error(reply.error);
      return reply.value as never;
    },
    stop: () => child.disconnect(),
  };
}
