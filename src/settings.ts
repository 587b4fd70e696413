import type { JsonSchema } from './spec/json-schema.ts';
import {
  address,
  docker,
  duration,
  folder,
  names,
  name,
  refPatterns,
  oneOf,
  paths,
  pool,
  proxy,
  repository,
  switched,
  text,
  wholeNumber,
  type SettingKind,
} from './setting-kinds.ts';

/** What the default of a setting may depend on. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the daemon runs as root. */
  readonly isRoot: boolean;
}

/** A default that depends on the machine. */
export interface MachineDefault {
  /** Markdown, for docs/settings.md. */
  readonly words: string;
  readonly on: (machine: Machine) => string;
}

/** One setting of `fairlead run`: a flag, an environment variable and a key of fairlead.yaml. */
export interface Setting<T> {
  readonly kind: SettingKind<T>;
  readonly description: string;
  /** As the user would write it; none: the setting is absent or required. */
  readonly defaultText?: string | MachineDefault;
  readonly required?: true;
}

function setting<T>(kind: SettingKind<T>, description: string, defaultText?: Setting<T>['defaultText']): Setting<T> {
  return defaultText === undefined ? { kind, description } : { kind, description, defaultText };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** THE table: flags, environment variables, defaults and the schema of fairlead.yaml follow from it (contract 1). */
export const SETTINGS = {
  repository: {
    ...setting(
      repository,
      'the git repository: an https://, http:// or ssh:// address, git@host:owner/repo.git, or the path of a local one',
    ),
    required: true,
  },
  branch: setting(text('NAME'), 'the branch that is followed', 'main'),
  path: setting(folder, 'the folder of the repository that holds sites/ and tenants/', '.'),
  'poll-interval': setting(
    duration(10),
    'how often the repository is looked at when nothing wakes Fairlead before',
    '30s',
  ),
  'repository-credentials': setting(
    text('FILE'),
    'a file with a token, user:password, or lines such as https://user:password@host for an https repository',
  ),
  'repository-ca': setting(
    text('FILE'),
    'certificates (PEM) of authorities that count for an https repository, beside the usual ones',
  ),
  'repository-proxy': setting(
    proxy,
    'the http proxy on the way to the repository, or none; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY count',
  ),
  'repository-ssh-key': setting(text('FILE'), 'the private key an ssh repository is asked with: a deploy key'),
  'repository-ssh-passphrase': setting(text('FILE'), 'a file with the passphrase of that key, where it is encrypted'),
  'repository-known-hosts': setting(text('FILE'), 'the host keys of ssh servers; a host that is not in it is refused', {
    words: '`~/.ssh/known_hosts`, else `/etc/ssh/ssh_known_hosts`',
    on: knownHostsDefault,
  }),
  verify: setting(
    oneOf('none', 'commit', 'tag'),
    'what has to be signed to be applied: nothing, the commit, or a tag that names it',
    'none',
  ),
  'verify-keys': setting(paths, 'files and folders with the public keys, OpenPGP or SSH, whose signatures count'),
  site: setting(names, 'the site to look after; may be left out while the repository has one'),
  docker: setting(docker, 'the Docker engine of the host of the site', {
    words: '`$DOCKER_HOST`, else `unix:///var/run/docker.sock`',
    on: ({ env }) => env['DOCKER_HOST'] || 'unix:///var/run/docker.sock',
  }),
  'docker-config': setting(text('FILE'), 'the Docker client file with the credentials of registries', {
    words: '`$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`',
    on: dockerConfigDefault,
  }),
  listen: setting(address, 'address and port of the state API; port 0 picks one', '127.0.0.1:4646'),
  'tls-cert': setting(
    text('FILE'),
    'a file with the certificate of the state API, and its chain; served over TLS then',
  ),
  'tls-key': setting(text('FILE'), 'the file with the key of that certificate'),
  'state-dir': setting(text('DIR'), 'the folder for caches and small facts; it may be deleted at any time', {
    words: '`/var/lib/fairlead` as root, else `$XDG_STATE_HOME/fairlead` or `~/.local/state/fairlead`',
    on: stateDirDefault,
  }),
  tokens: setting(text('FILE'), 'a file that says who may use the state API; without it an admin token is made'),
  webhooks: setting(text('FILE'), 'a file with the secrets of webhooks; without it none is taken'),
  notifications: setting(
    text('FILE'),
    'a file that says where commit statuses and notifications go; without it nobody is told',
  ),
  'token-lifetime': setting(
    duration(MINUTE_MS, 366 * DAY_MS),
    'how long a token from a login is good, unless it is renewed',
    '12h',
  ),
  owner: setting(name, 'the name under which things on the engines are owned', 'default'),
  'network-pool': setting(pool, 'the IPv4 range application networks are taken from', '10.201.0.0/16'),
  'resync-interval': setting(
    duration(1000),
    'how often an engine is read anew when no event says that something changed',
    '5m',
  ),
  'plan-refs': setting(
    refPatterns,
    'what a plan may be asked for (`fairlead plan --ref`): patterns of full names of refs; `*` alone is everything',
    'refs/heads/*,refs/pull/*,refs/merge-requests/*',
  ),
  history: setting(wholeNumber(0, 1_000_000), 'how many commits are walked back to find versions', '1000'),
  'dry-run': setting(switched, 'observe, plan and serve the state API, but change nothing', 'false'),
  once: setting(switched, 'end when everything is as desired and ready, or at the first failure', 'false'),
  timeout: setting(duration(1), 'the longest a run with --once may take', '30m'),
} satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof SETTINGS;

/** Those that are neither given nor have a default in many a set-up. */
export type OptionalSetting =
  | 'repository-credentials'
  | 'repository-ca'
  | 'repository-proxy'
  | 'repository-ssh-key'
  | 'repository-ssh-passphrase'
  | 'verify-keys'
  | 'site'
  | 'tokens'
  | 'webhooks'
  | 'notifications'
  | 'tls-cert'
  | 'tls-key';

/** In the order of the table. */
export const SETTING_NAMES = Object.keys(SETTINGS).filter((key): key is SettingName => Object.hasOwn(SETTINGS, key));

/** `poll-interval` → `FAIRLEAD_POLL_INTERVAL` */
export function environmentName(setting: SettingName): string {
  return `FAIRLEAD_${setting.replaceAll('-', '_').toUpperCase()}`;
}

/** `poll-interval` → `pollInterval`, the key under which commander keeps the value of the flag. */
export function flagKey(setting: SettingName): string {
  return setting.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The JSON Schema of fairlead.yaml. Every key may be left out there: a flag or variable may give it. */
export function configSchema(): JsonSchema {
  const properties = SETTING_NAMES.map((key): [string, JsonSchema] => {
    const { kind, description, defaultText }: Setting<unknown> = SETTINGS[key];
    const fixed = typeof defaultText === 'string' ? { default: kind.toJson([defaultText]) } : {};
    return [key, { description: `${capitalize(description)}.`, ...kind.schema, ...fixed }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://fairlead.dev/schemas/config.schema.json',
    title: 'Config',
    description: 'Settings of `fairlead run`. A flag beats an environment variable, which beats this file.',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function stateDirDefault({ env, isRoot }: Machine): string {
  if (isRoot) return '/var/lib/fairlead';
  return `${env['XDG_STATE_HOME'] || `${env['HOME'] ?? ''}/.local/state`}/fairlead`;
}

/** As ssh does it: the user's own, or the machine's for a service without a home. */
function knownHostsDefault({ env }: Machine): string {
  const home = env['HOME'];
  return home ? `${home}/.ssh/known_hosts` : '/etc/ssh/ssh_known_hosts';
}

function dockerConfigDefault({ env }: Machine): string {
  return `${env['DOCKER_CONFIG'] || `${env['HOME'] ?? ''}/.docker`}/config.json`;
}
