import type { ProbeQuestion } from '../model/probes.ts';
import { SUCCESS, UNKNOWN } from './answers.ts';
import type { Question } from './question.ts';

/** Success is a connection; nothing is sent. */
export function createTcpQuestion({ port }: ProbeQuestion & { kind: 'tcp' }): Question {
  return {
    subject: (address) => `tcp ${address}:${port}`,
    async put({ dial, address, signal }) {
      if (address === '') return UNKNOWN;
      const connection = await dial(address, port, signal);
      connection.on('error', () => undefined);
      connection.destroy();
      return SUCCESS;
    },
    leave: () => undefined,
  };
}
