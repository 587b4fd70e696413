import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../scripts/setup.mjs';
import { loadRunConfig, type RunConfig } from '../../src/config.ts';
import { flagKey, SETTING_NAMES } from '../../src/settings.ts';

// The unit and the compose file are what somebody copies: their flags are settings, and what they name is there.

const read = (file: string) => readFileSync(path.join(root, 'examples', file), 'utf8');
const UTF8 = { encoding: 'utf8', timeout: 10_000 } as const;
const CONFIG_FLAG = '--config';
const CONFIG_PATH = '/etc/fairlead/fairlead.yaml';

/** What `fairlead run` makes of these words, with the example of fairlead.yaml at the place that they name. */
function configured(words: readonly string[]): RunConfig {
  const pairs = words.join(' ').replaceAll('=', ' ').split(' ');
  const flags: Record<string, string> = {};
  for (let at = 0; at < pairs.length; at += 2) flags[pairs[at] ?? ''] = pairs[at + 1] ?? '';
  const { [CONFIG_FLAG]: config, ...given } = flags;
  expect(config).toBe(CONFIG_PATH);
  const known = Object.keys(given).map((flag) => [flag, flag.slice(2)] as const);
  const values = Object.fromEntries(known.map(([flag, name]) => [flagKey(name as never), given[flag]]));
  const file = { path: CONFIG_PATH, bytes: readFileSync(path.join(root, 'examples/systemd/fairlead.yaml')) };
  expect(SETTING_NAMES).toEqual(expect.arrayContaining(known.map(([, name]) => name)));
  const loaded = loadRunConfig({ flags: values, env: {}, file, isRoot: true });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** The settings of a unit, those that are given more than once joined by line ends. */
function readUnit(text: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  for (const line of lines.filter((one) => /^[A-Z]/.test(one))) {
    const [name = '', ...value] = line.split('=');
    const before = settings[name];
    settings[name] = (before === undefined ? '' : `${before}\n`) + value.join('=').replaceAll(/ +/g, ' ').trim();
  }
  return settings;
}

describe('the unit for systemd', () => {
  const unit = readUnit(read('systemd/fairlead.service'));
  const [program, ...words] = (unit['ExecStart'] ?? '').split(' ');

  it('runs the daemon with flags that it has, on its own state folder', () => {
    expect([program, ...words.slice(0, 2)]).toEqual(['/usr/bin/env', 'fairlead', 'run']);
    const { stateDir, tokens, repositoryAccess } = configured(words.slice(2));
    expect(stateDir).toBe(`/var/lib/${unit['StateDirectory']}`);
    const credentials = (unit['LoadCredential'] ?? '').split('\n').map((line) => line.split(':')[0] ?? '');
    expect([tokens, repositoryAccess.credentialsFile]).toEqual(
      credentials.map((name) => `\${CREDENTIALS_DIRECTORY}/${name}`),
    );
  });

  it('brings it back whatever ends it, and leaves it more than the 10 s a step in hand may take', () => {
    expect(unit).toMatchObject({ Type: 'exec', Restart: 'always' });
    expect(Number(unit['TimeoutStopSec'])).toBeGreaterThan(10);
  });

  it('takes all rights away and leaves the networks that the socket and probes need', () => {
    expect(unit).toMatchObject({ CapabilityBoundingSet: '', NoNewPrivileges: 'yes', ProtectSystem: 'strict' });
    expect(unit['RestrictAddressFamilies']?.split(' ')).toEqual(expect.arrayContaining(['AF_UNIX', 'AF_INET']));
    expect(unit).not.toHaveProperty('PrivateNetwork');
    expect(unit).not.toHaveProperty('MemoryDenyWriteExecute');
  });

  it('is one that systemd, where there is one, finds nothing in', () => {
    const analyze = ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'].find((file) => existsSync(file));
    const file = path.join(root, 'examples/systemd/fairlead.service');
    const { stdout, stderr } =
      analyze === undefined ? { stdout: '', stderr: '' } : spawnSync(analyze, ['verify', '--man=no', file], UTF8);
    // It speaks of other units of the machine, too.
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line.includes('fairlead'))).toEqual([]);
    expect(read('systemd/fairlead.service')).not.toMatch(/^\s*\w+ =/m);
  });
});

interface Compose {
  readonly services: { readonly fairlead: Service };
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface Service {
  readonly command: readonly string[];
  readonly restart: string;
  readonly init: boolean;
  readonly stop_grace_period: string;
  readonly volumes: readonly string[];
  readonly secrets: readonly string[];
}

describe('the compose file', () => {
  const compose = parse(read('container/compose.yaml')) as Compose;
  const { services, volumes, secrets } = compose;
  const { command, ...service } = services.fairlead;
  const mounted = service.volumes.map((volume) => volume.split(':') as [string, string, string?]);
  const inside = (file: string) => mounted.some(([, at]) => file === at || file.startsWith(`${at}/`));

  it('runs the daemon with flags that it has', () => {
    expect(command[0]).toBe('run');
    const config = configured(command.slice(1));
    expect([config.docker, config.stateDir, config.dockerConfig].map((one) => one.replace('unix://', ''))).toSatisfy(
      (files: string[]) => files.every(inside),
    );
    const files = [config.tokens, config.repositoryAccess.credentialsFile];
    expect(files).toEqual(service.secrets.map((name) => `/run/secrets/${name}`));
  });

  it('keeps the state in a volume, gets the socket, and may only read its configuration', () => {
    expect(mounted).toContainEqual(['/var/run/docker.sock', '/var/run/docker.sock']);
    expect(mounted).toContainEqual(['/etc/fairlead', '/etc/fairlead', 'ro']);
    const named = mounted.map(([from]) => from).filter((from) => !from.startsWith('/'));
    expect(named).toEqual(Object.keys(volumes));
    expect(service.secrets).toEqual(Object.keys(secrets));
  });

  it('has no key that docker-compose 1.29, which Debian has, refuses', () => {
    expect(Object.keys(compose).sort()).toEqual(['secrets', 'services', 'volumes']);
  });

  it('brings it back whatever ends it, and leaves it more than the 10 s a step in hand may take', () => {
    expect(service).toMatchObject({ restart: 'always', init: true });
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThan(10);
  });
});
