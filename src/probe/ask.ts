import { armDeadline } from '../docker/deadline.ts';
import type { DockerPort } from '../docker/port.ts';
import type { ProbeAnswer } from '../health/container-health.ts';
import type { DesiredProbe } from '../model/probes.ts';
import { fromAbort, fromError } from './answers.ts';
import { createExecQuestion } from './ask-exec.ts';
import { createHttpQuestion } from './ask-http.ts';
import { createTcpQuestion } from './ask-tcp.ts';
import type { Clock } from './clock.ts';
import type { Circumstances, Question } from './question.ts';
import type { ResolveAddress } from './resolve-address.ts';

/** A question with its time limit. Not put again before it was answered. */
export interface Asker {
  /** Never rejects. `unknown` when `signal` aborts, or the engine or the way to the container is away. */
  ask(circumstances: Circumstances): Promise<ProbeAnswer>;
  /** Stops listening to what an earlier question left running. */
  leave(): void;
}

export interface AskerOptions {
  readonly docker: Pick<DockerPort, 'exec'>;
  readonly containerId: string;
  readonly resolveAddress: ResolveAddress;
  readonly clock: Clock;
}

export function createAsker(probe: DesiredProbe, options: AskerOptions): Asker {
  const { clock } = options;
  const { timeoutMs } = probe;
  const question = toQuestion(probe, options);
  return {
    leave: () => question.leave(),
    async ask(circumstances) {
      const began = clock.elapsed();
      const deadline = armDeadline(circumstances.signal, timeoutMs);
      const { signal } = deadline;
      try {
        return await question.put({ ...circumstances, signal });
      } catch (error) {
        const subject = question.subject(circumstances.address);
        if (!signal.aborted) return fromError(error, subject);
        return fromAbort(signal.reason, subject, { timeoutMs, elapsedMs: clock.elapsed() - began });
      } finally {
        deadline.disarm();
      }
    },
  };
}

function toQuestion({ question }: DesiredProbe, { docker, containerId, resolveAddress }: AskerOptions): Question {
  switch (question.kind) {
    case 'exec':
      return createExecQuestion(docker, containerId, question);
    case 'tcp':
      return createTcpQuestion(question);
    case 'http':
      return createHttpQuestion(question, resolveAddress);
    default:
      return question satisfies never;
  }
}
