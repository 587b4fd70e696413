import { onlyTokens, openAccessFile, type AccessSource } from './api/access/access-source.ts';
import type { LoginOutcome } from './api/access/logins.ts';
import { openAccess, type OpenedAccess } from './api/access/open-access.ts';
import { adminTokenFile, ensureAdminToken } from './api/access/admin-token.ts';
import type { RunConfig } from './config.ts';
import type { Log } from './log.ts';

/** Whom the daemon lets in: by the file of `--tokens`, else by its own admin token. */
export async function openTokens(config: RunConfig, log: Log, signal: AbortSignal): Promise<OpenedAccess> {
  const source = await openSource(config, log);
  const { stateDir, tokenLifetimeMs: lifetimeMs } = config;
  const onProblem = (message: string) => log.error({ error: message }, 'not everybody may be let in');
  const onLogin = ({ outcome, ...fields }: LoginOutcome) => log.info(fields, `login ${outcome}`);
  const clocks = { now: () => Date.now(), elapsed: () => performance.now() };
  return openAccess({ source, stateDir, lifetimeMs, ...clocks, onProblem, onLogin, signal });
}

async function openSource(config: RunConfig, log: Log): Promise<AccessSource> {
  if (config.tokens !== undefined) {
    const onProblem = (message: string) =>
      log.error({ error: message }, 'tokens file cannot be used, the former entries stay');
    return openAccessFile({ file: config.tokens, onProblem });
  }
  const entry = await ensureAdminToken(config.stateDir);
  log.info({ file: adminTokenFile(config.stateDir) }, 'admin token written');
  return onlyTokens([entry]);
}
