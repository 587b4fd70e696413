import { orAborted } from '../docker/deadline.ts';
import { DockerError, type DockerPort, type ExecResult } from '../docker/port.ts';
import type { ProbeAnswer } from '../health/container-health.ts';
import type { ProbeQuestion } from '../model/probes.ts';
import { failure, firstLine, SUCCESS } from './answers.ts';
import type { Question } from './question.ts';

const SUBJECT = 'command';

/**
 * Success is exit code 0. A command that outlives its time goes on in the container, because an engine cannot end it: no
 * second one is started beside it, so that a stuck one does not become a hundred, and meanwhile the answer is a failure.
 */
export function createExecQuestion(
  docker: Pick<DockerPort, 'exec'>,
  containerId: string,
  { cmd }: ProbeQuestion & { readonly kind: 'exec' },
): Question {
  let running: AbortController | undefined;

  function start(): Promise<ExecResult> {
    const listening = new AbortController();
    running = listening;
    return docker.exec(containerId, cmd, listening.signal).finally(() => {
      if (running === listening) running = undefined;
    });
  }

  return {
    subject: () => SUBJECT,
    async put({ signal }) {
      if (running !== undefined) return failure(`${SUBJECT}: the one before has not ended yet`);
      return toAnswer(await orAborted(start(), signal).catch(refusalAsFailure));
    },
    leave() {
      running?.abort(new DockerError('unreachable', 'nobody asks any more'));
      running = undefined;
    },
  };
}

function toAnswer(result: ExecResult | ProbeAnswer): ProbeAnswer {
  if ('kind' in result) return result;
  const { exitCode, output } = result;
  if (exitCode === 0) return SUCCESS;
  const line = firstLine(output);
  return failure(`${SUBJECT}: exit code ${exitCode}${line === '' ? '' : `: ${line}`}`);
}

/** An engine refuses a command that is not there, for example: that is the container's own fault. */
function refusalAsFailure(error: unknown): ProbeAnswer {
  if (error instanceof DockerError && error.code === 'refused')
    return failure(`${SUBJECT}: ${firstLine(error.message)}`);
  throw error;
}
