import type { RunConfig } from './config.ts';
import type { DockerPort } from './docker/port.ts';
import { readRegistryLogin } from './docker/registry-credentials.ts';
import { createSignedPulls, type SignedPulls } from './execute/signed-pulls.ts';
import { credentialsInUrl } from './git/credentials.ts';
import { chooseProxy } from './git/http/proxy.ts';
import { Routes, type Hop } from './git/http/routes.ts';
import type { Log } from './log.ts';
import { isInsecure } from './registry/insecure.ts';
import { openRegistry } from './registry/registry.ts';
import { openSignerMemory } from './registry/signer-memory.ts';

export interface Surroundings {
  readonly docker: DockerPort;
  readonly log: Log;
  /** For the proxies on the way. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Brings images that a policy wants signed. Nothing is asked of any registry before there is one to bring. */
export async function openSignedPulls(
  { stateDir, dockerConfig }: RunConfig,
  { docker, log, env }: Surroundings,
): Promise<SignedPulls> {
  const hopTo = (origin: URL): Hop | undefined => {
    const proxy = chooseProxy(origin, { setting: undefined, environment: env });
    return proxy && { proxy, credentials: credentialsInUrl(proxy) };
  };
  const registry = openRegistry({
    login: (name, signal) => readRegistryLogin(dockerConfig, name, signal),
    // As the engine does that pulls from it.
    isInsecure: async (name, signal) => isInsecure(name, (await docker.info(signal)).insecureRegistries),
    dispatcher: new Routes({ roots: undefined, hopTo, isPlainAllowed: true }),
  });
  const memory = await openSignerMemory({
    stateDir,
    onProblem: (error) => {
      if (error === '') log.info('signers of images kept in the state folder again');
      else log.warn({ error }, 'signers of images cannot be kept in the state folder');
    },
  });
  return createSignedPulls({ docker, registry, memory });
}
