import type { TlsFiles } from './api/http/tls-pair.ts';
import type { RepositoryAccess } from './git/access.ts';
import { parseLocation } from './git/location.ts';
import { indexLines } from './spec/line-index.ts';
import type { Problem } from './model/problem.ts';
import { locate } from './spec/locate.ts';
import { parseDocument, type PlacedFinding } from './spec/parse-document.ts';
import { createValidator } from './spec/validator.ts';
import { decodeText, readDocuments, UnreadableError, type YamlDocument } from './spec/yaml-documents.ts';
import { type ListenAddress, SettingError } from './setting-kinds.ts';
import {
  configSchema,
  environmentName,
  flagKey,
  type Machine,
  type OptionalSetting,
  type Setting,
  SETTING_NAMES,
  type SettingName,
  SETTINGS,
} from './settings.ts';
import { halfVerify, toVerify, type VerifyConfig } from './verify-config.ts';

/** What `fairlead run` runs with; frozen. Times in ms. */
export interface RunConfig {
  readonly repository: string;
  readonly branch: string;
  /** `.` or a folder without slashes at its ends. */
  readonly path: string;
  readonly pollIntervalMs: number;
  /** undefined: commits are applied whoever made them. */
  readonly verify: VerifyConfig | undefined;
  readonly repositoryAccess: RepositoryAccess;
  /** Absent: every site of the repository. */
  readonly sites: readonly string[] | undefined;
  readonly docker: string;
  readonly dockerConfig: string;
  readonly listen: ListenAddress;
  /** Both files or none. */
  readonly tls: TlsFiles | undefined;
  readonly stateDir: string;
  readonly tokens: string | undefined;
  readonly webhooks: string | undefined;
  readonly notifications: string | undefined;
  readonly tokenLifetimeMs: number;
  readonly owner: string;
  readonly networkPool: string;
  readonly resyncIntervalMs: number;
  /** Patterns of full names, see `matchesRef`. */
  readonly planRefs: readonly string[];
  readonly history: number;
  readonly dryRun: boolean;
  readonly once: boolean;
  readonly timeoutMs: number;
}

export interface ConfigSources {
  /** What commander parsed: by `flagKey`, absent where the flag was not given. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Machine['env'];
  /** fairlead.yaml, where there is one. */
  readonly file?: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  readonly isRoot: boolean;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: RunConfig }
  /** Sentences for the user, each naming its source; a usage error. */
  | { readonly ok: false; readonly problems: readonly string[] };

type Values = { readonly [K in SettingName]?: ReturnType<(typeof SETTINGS)[K]['kind']['parse']> };

const validator = createValidator<Readonly<Partial<Record<SettingName, unknown>>>>(configSchema());

/** The configuration from flag, environment and file, the first of them that says something winning. */
export function loadRunConfig(sources: ConfigSources): LoadedConfig {
  const { values, problems: wrong } = readSettings(SETTING_NAMES, sources);
  const problems = [...wrong, ...halfTls(values), ...missingKey(values), ...halfVerify(values)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, config: toRunConfig(values as Required<Values>) };
}

/** Some of the settings, for a command that needs no others. Where there are no problems, each required one is there. */
export function readSettings<K extends SettingName>(
  names: readonly K[],
  sources: ConfigSources,
): { readonly values: Pick<Values, K>; readonly problems: readonly string[] } {
  const file = readConfigFile(sources.file);
  const problems = [...file.problems];
  const values: Record<string, unknown> = {};
  for (const key of names) {
    const setting: Setting<unknown> = SETTINGS[key];
    const given = fromFlag(key, sources.flags) ?? fromEnvironment(key, sources.env) ?? file.given(key);
    const texts = given?.texts ?? defaultTexts(setting, sources);
    if (texts === undefined) {
      if (setting.required)
        problems.push(`--${key} is missing (or ${environmentName(key)}, or \`${key}\` in fairlead.yaml)`);
      continue;
    }
    try {
      values[key] = setting.kind.parse(texts);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      problems.push(`${given?.source ?? `--${key}`}: ${error.message}`);
    }
  }
  return { values: values as Pick<Values, K>, problems };
}

/** A certificate without its key, or the other way round: plain HTTP would be a surprise. */
function halfTls(values: Readonly<Record<string, unknown>>): readonly string[] {
  const [cert, key] = [values['tls-cert'] !== undefined, values['tls-key'] !== undefined];
  if (cert === key) return [];
  return [cert ? '--tls-cert needs --tls-key as well' : '--tls-key needs --tls-cert as well'];
}

/** Nothing but a key opens a repository over SSH. */
function missingKey(values: Readonly<Record<string, unknown>>): readonly string[] {
  const { repository, 'repository-ssh-key': key } = values;
  if (typeof repository !== 'string' || key !== undefined || parseLocation(repository).kind !== 'ssh') return [];
  return ['--repository is reached over SSH and needs --repository-ssh-key as well: the private half of a deploy key'];
}

/** A setting as somebody gave it. */
interface Given {
  /** `--owner`, `FAIRLEAD_OWNER` or `fairlead.yaml:3:8: owner`. */
  readonly source: string;
  readonly texts: readonly string[];
}

function fromFlag(key: SettingName, flags: ConfigSources['flags']): Given | undefined {
  const value = flags[flagKey(key)];
  return value === undefined ? undefined : { source: `--${key}`, texts: toTexts(value) };
}

/** Several values stand in one variable, joined by commas; an empty variable is as good as none. */
function fromEnvironment(key: SettingName, env: Machine['env']): Given | undefined {
  const source = environmentName(key);
  const value = env[source];
  if (value === undefined || value === '') return undefined;
  const { repeatable }: { readonly repeatable: boolean } = SETTINGS[key].kind;
  return { source, texts: repeatable ? value.split(',').map((part) => part.trim()) : [value] };
}

function defaultTexts({ defaultText }: Setting<unknown>, sources: ConfigSources): readonly string[] | undefined {
  if (defaultText === undefined) return undefined;
  return [typeof defaultText === 'string' ? defaultText : defaultText.on(sources)];
}

function toTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

interface ConfigFile {
  readonly given: (key: SettingName) => Given | undefined;
  readonly problems: readonly string[];
}

const NO_FILE: ConfigFile = { given: () => undefined, problems: [] };

function readConfigFile(file: ConfigSources['file']): ConfigFile {
  if (file === undefined) return NO_FILE;
  try {
    const text = decodeText(file.bytes);
    const documents = readDocuments(text);
    const [document] = documents;
    if (document === undefined) return NO_FILE;
    if (documents.length > 1) return failed([`${file.path}: the file holds several documents, one is expected`]);
    return fromDocument(document, (offset) => placeIn(file.path, text, offset));
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return failed([`${file.path}: ${error.message}`]);
  }
}

function fromDocument(document: YamlDocument, placeOf: (offset: number) => string): ConfigFile {
  const parsed = parseDocument(document, validator);
  if (!parsed.valid)
    return failed(toSorted(parsed.findings).map(({ offset, message }) => `${placeOf(offset)}: ${message}`));
  const { spec } = parsed;
  return {
    problems: [],
    given: (key) => {
      const value = spec[key];
      if (value === undefined) return undefined;
      const place = placeOf(locate(document, { path: [key], target: 'value' }));
      return { source: `${place}: ${key}`, texts: toTexts(value) };
    },
  };
}

function toSorted(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  return findings.toSorted((a, b) => a.offset - b.offset);
}

function failed(problems: readonly string[]): ConfigFile {
  return { given: () => undefined, problems };
}

function placeIn(path: string, text: string, offset: number): string {
  const { line, column }: Pick<Problem, 'line' | 'column'> = indexLines(text)(offset);
  return `${path}:${line}:${column}`;
}

function toRunConfig(values: Values & Required<Omit<Values, OptionalSetting>>): RunConfig {
  const { 'tls-cert': certFile, 'tls-key': keyFile } = values;
  return Object.freeze({
    repository: values.repository,
    branch: values.branch,
    path: values.path,
    pollIntervalMs: values['poll-interval'],
    repositoryAccess: {
      credentialsFile: values['repository-credentials'],
      caFile: values['repository-ca'],
      proxy: values['repository-proxy'],
      sshKeyFile: values['repository-ssh-key'],
      sshPassphraseFile: values['repository-ssh-passphrase'],
      knownHostsFile: values['repository-known-hosts'],
    },
    verify: toVerify(values),
    sites: values.site,
    docker: values.docker,
    dockerConfig: values['docker-config'],
    listen: values.listen,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    stateDir: values['state-dir'],
    tokens: values.tokens,
    webhooks: values.webhooks,
    notifications: values.notifications,
    tokenLifetimeMs: values['token-lifetime'],
    owner: values.owner,
    networkPool: values['network-pool'],
    resyncIntervalMs: values['resync-interval'],
    planRefs: values['plan-refs'],
    history: values.history,
    dryRun: values['dry-run'],
    once: values.once,
    timeoutMs: values.timeout,
  });
}
