import type { RunConfig } from './config.ts';
import type { GitPort } from './git/port.ts';
import type { Log } from './log.ts';
import { createGate, type VerificationGate } from './verification/gate.ts';
import { openKeyFiles } from './verification/key-files.ts';
import { createVerifiedMemory } from './verification/verified-memory.ts';

/**
 * What has to be signed before it is applied; undefined: nothing.
 * @throws KeyFileError when the trusted keys cannot be used to begin with
 */
export async function openVerification(
  { verify, stateDir, repository, branch, history: limit }: RunConfig,
  git: GitPort,
  log: Log,
): Promise<VerificationGate | undefined> {
  if (verify === undefined) return undefined;
  const { mode, keys: paths } = verify;
  const onProblem = (error: string) => log.error({ error }, 'trusted keys cannot be used, the former ones stay');
  const keys = await openKeyFiles({ paths, onProblem });
  const memory = createVerifiedMemory({
    ...{ stateDir, repository, branch, mode },
    onProblem: (error) => {
      if (error === '') log.info('verified revision kept in the state folder again');
      else log.warn({ error }, 'verified revision cannot be kept in the state folder');
    },
  });
  return createGate({ mode, git, keys, memory, limit, now: () => Date.now() });
}
