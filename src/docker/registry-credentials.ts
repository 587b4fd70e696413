import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { DockerError } from './port.ts';

/** The part of a Docker client's `config.json` that holds credentials. */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, ConfiguredAuth>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface ConfiguredAuth {
  /** base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

const HELPER_TIMEOUT_MS = 30_000;
/** The key Docker files its own registry under. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** What a registry is shown, or the server that gives its tokens. */
export type RegistryLogin = { readonly serveraddress: string } & (
  { readonly username: string; readonly password: string } | { readonly identitytoken: string }
);

/** Value of `X-Registry-Auth` for a registry, see `readRegistryLogin`. */
export async function readRegistryAuth(
  configFile: string,
  registry: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const login = await readRegistryLogin(configFile, registry, signal);
  return login === undefined ? undefined : encode(login);
}

/**
 * Credentials for a registry (`docker.io`, `ghcr.io`, `host:5000`), from a Docker config file: its
 * `credHelpers`, `credsStore`, then `auths`. Undefined: no file, or nothing in it for this registry.
 * Rejects with DockerError `pull-failed`; the message names file and registry, never a credential.
 */
export async function readRegistryLogin(
  configFile: string,
  registry: string,
  signal: AbortSignal,
): Promise<RegistryLogin | undefined> {
  const config = await readConfig(configFile, signal);
  if (config === undefined) return undefined;
  const key = registry === 'docker.io' ? HUB_KEY : registry;
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[registry] ?? config.credsStore;
  const fromHelper = helper === undefined ? undefined : await askHelper(helper, key, signal);
  return fromHelper ?? toLogin(findConfigured(config.auths ?? {}, key), key);
}

async function readConfig(file: string, signal: AbortSignal): Promise<DockerConfig | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, { encoding: 'utf8', signal }));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    signal.throwIfAborted();
    // No cause: a JSON error quotes the text around it.
    throw new DockerError('pull-failed', `cannot read registry credentials: ${file} is no readable JSON file`);
  }
}

/** Keys may carry a scheme or a path: `https://ghcr.io`, `registry.local/v2/`. */
function findConfigured(auths: Readonly<Record<string, ConfiguredAuth>>, key: string): ConfiguredAuth | undefined {
  return auths[key] ?? Object.entries(auths).find(([name]) => hostOf(name) === hostOf(key))?.[1];
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function toLogin(configured: ConfiguredAuth | undefined, serveraddress: string): RegistryLogin | undefined {
  if (configured === undefined) return undefined;
  if (configured.identitytoken) return { identitytoken: configured.identitytoken, serveraddress };
  const decoded = Buffer.from(configured.auth ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const username = colon > 0 ? decoded.slice(0, colon) : configured.username;
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, '') : configured.password;
  return username && password ? { username, password, serveraddress } : undefined;
}

/** Runs `docker-credential-<name> get`; undefined when it knows nothing of the registry. */
async function askHelper(name: string, key: string, signal: AbortSignal): Promise<RegistryLogin | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw new DockerError('pull-failed', 'the credential helper has no valid name');
  const { failed, output } = await runHelper(`docker-credential-${name}`, key, signal);
  signal.throwIfAborted();
  if (failed && output.includes('credentials not found')) return undefined;
  const answer = failed ? undefined : parseAnswer(output);
  if (answer === undefined) {
    throw new DockerError('pull-failed', `docker-credential-${name} gave no credentials for ${key}`);
  }
  return answer.Username === '<token>'
    ? { identitytoken: answer.Secret, serveraddress: key }
    : { username: answer.Username, password: answer.Secret, serveraddress: key };
}

function runHelper(program: string, input: string, signal: AbortSignal): Promise<{ failed: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, ['get'], { signal, timeout: HELPER_TIMEOUT_MS }, (error, output) => {
      resolve({ failed: error !== null, output });
    });
    // A helper that is missing or does not read its input is told by its exit.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function parseAnswer(output: string): { readonly Username: string; readonly Secret: string } | undefined {
  try {
    const { Username, Secret } = JSON.parse(output) as Partial<Record<'Username' | 'Secret', unknown>>;
    return typeof Username === 'string' && typeof Secret === 'string' ? { Username, Secret } : undefined;
  } catch {
    return undefined;
  }
}

/** base64url with padding: an engine takes one without it for no credentials at all, and says nothing. */
function encode(auth: RegistryLogin): string {
  return Buffer.from(JSON.stringify(auth)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
