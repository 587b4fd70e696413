import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { settingOptions } from '../src/cli/setting-options.ts';
import { type ConfigSources, loadRunConfig, type RunConfig } from '../src/config.ts';
import { configSchema, environmentName, SETTING_NAMES } from '../src/settings.ts';

/** What the command line gives, as commander reads it. */
function flags(...args: readonly string[]): Record<string, unknown> {
  const command = new Command().exitOverride();
  for (const option of settingOptions()) command.addOption(option);
  return command.parse(args, { from: 'user' }).opts();
}

function load(sources: Partial<Omit<ConfigSources, 'file'>> & { readonly file?: string }) {
  const { file, ...others } = sources;
  return loadRunConfig({
    flags: {},
    env: { HOME: '/users/ann' },
    isRoot: false,
    ...others,
    file: file === undefined ? undefined : { path: 'fairlead.yaml', bytes: new TextEncoder().encode(file) },
  });
}

function configOf(sources: Parameters<typeof load>[0]): RunConfig {
  const loaded = load(sources);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function problemsOf(sources: Parameters<typeof load>[0]): readonly string[] {
  const loaded = load(sources);
  return loaded.ok ? [] : loaded.problems;
}

const REPOSITORY = { FAIRLEAD_REPOSITORY: '/srv/fleet', HOME: '/users/ann' };

test('the defaults are those of the contract', () => {
  const config = configOf({ flags: flags('--repository', 'https://git.example.com/fleet.git') });
  expect(config).toEqual({
    repository: 'https://git.example.com/fleet.git',
    branch: 'main',
    path: '.',
    pollIntervalMs: 30_000,
    repositoryAccess: { knownHostsFile: '/users/ann/.ssh/known_hosts' },
    verify: undefined,
    sites: undefined,
    docker: 'unix:///var/run/docker.sock',
    dockerConfig: '/users/ann/.docker/config.json',
    listen: { host: '127.0.0.1', port: 4646 },
    stateDir: '/users/ann/.local/state/fairlead',
    tokens: undefined,
    tokenLifetimeMs: 43_200_000,
    owner: 'default',
    networkPool: '10.201.0.0/16',
    resyncIntervalMs: 300_000,
    planRefs: ['refs/heads/*', 'refs/pull/*', 'refs/merge-requests/*'],
    history: 1000,
    dryRun: false,
    once: false,
    timeoutMs: 1_800_000,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('some defaults come from the machine', () => {
  const env = {
    ...REPOSITORY,
    DOCKER_HOST: 'tcp://10.0.0.5:2375',
    DOCKER_CONFIG: '/etc/docker',
    XDG_STATE_HOME: '/state',
  };
  expect(configOf({ env })).toMatchObject({
    docker: 'tcp://10.0.0.5:2375',
    dockerConfig: '/etc/docker/config.json',
    stateDir: '/state/fairlead',
  });
  expect(configOf({ env, isRoot: true }).stateDir).toBe('/var/lib/fairlead');
});

test('a flag beats the environment, which beats the file', () => {
  const file = 'owner: file\nbranch: file\npath: file\nhistory: 5\ndry-run: true\nsite: [a, b]\n';
  const env = { ...REPOSITORY, FAIRLEAD_OWNER: 'env', FAIRLEAD_BRANCH: 'env', FAIRLEAD_PATH: '' };
  expect(configOf({ flags: flags('--owner', 'flag'), env, file })).toMatchObject({
    owner: 'flag',
    branch: 'env',
    path: 'file',
    history: 5,
    dryRun: true,
    sites: ['a', 'b'],
  });
});

test('--site may be repeated; in the environment commas do that', () => {
  expect(configOf({ env: REPOSITORY, flags: flags('--site', 'a', '--site', 'b') }).sites).toEqual(['a', 'b']);
  expect(configOf({ env: { ...REPOSITORY, FAIRLEAD_SITE: 'a, b' } }).sites).toEqual(['a', 'b']);
});

describe('a value is read by its kind', () => {
  test.each<readonly [string, string, Partial<RunConfig>]>([
    ['poll-interval', '1m30s', { pollIntervalMs: 90_000 }],
    ['listen', '[::1]:0', { listen: { host: '::1', port: 0 } }],
    ['path', './fleet/', { path: 'fleet' }],
    ['network-pool', '172.30.0.0/20', { networkPool: '172.30.0.0/20' }],
    ['docker', 'unix:///run/d.sock', { docker: 'unix:///run/d.sock' }],
    ['repository', '../fleet', { repository: '../fleet' }],
  ])('--%s %s', (name, value, expected) => {
    expect(configOf({ env: REPOSITORY, flags: flags(`--${name}`, value) })).toMatchObject(expected);
  });

  test.each([
    ['poll-interval', '30', '--poll-interval: "30" is not a duration (examples: 10s, 1h30m, 500ms)'],
    ['poll-interval', '0s', '--poll-interval: "0s" is too short (at least 10ms)'],
    ['owner', 'Me', '--owner: "Me" is not a name (lower-case letters, digits and hyphens, at most 63 characters)'],
    ['listen', '4646', '--listen: "4646" is not an address and port (examples: 127.0.0.1:4646, [::1]:4646)'],
    ['listen', 'localhost:70000', '--listen: "localhost:70000" is not an address and port'],
    ['network-pool', 'fd00::/64', '--network-pool: "fd00::/64" is not an IPv4 range'],
    ['network-pool', '10.0.0.0/7', '--network-pool: "10.0.0.0/7" is not between /8 and /26 in size'],
    ['network-pool', '10.0.0.0/27', '--network-pool: "10.0.0.0/27" is not between /8 and /26 in size'],
    [
      'network-pool',
      '10.201.3.0/16',
      '--network-pool: "10.201.3.0/16" has bits set behind its prefix (did you mean 10.201.0.0/16?)',
    ],
    ['token-lifetime', '30s', '--token-lifetime: "30s" is too short (at least 60000ms)'],
    ['token-lifetime', '400d', '--token-lifetime: "400d" is too long (at most 8784h)'],
    ['history', '-1', '--history: "-1" is not a whole number from 0 to 1000000'],
    ['path', '../x', '--path: "../x" is not a folder inside the repository'],
    ['docker', 'podman', '--docker: "podman" is not an engine'],
    [
      'repository',
      'git://example.com/x',
      '--repository: only https://, http://, ssh:// (or git@host:path) and local paths',
    ],
    ['repository', 'ssh://git@example.com', '--repository: ssh://example.com names no repository on that host'],
    ['repository', 'https://', '--repository: https:// is no valid URL'],
    [
      'repository-proxy',
      'socks5://h:1',
      '--repository-proxy: is no proxy (examples: http://proxy.example.com:3128, none)',
    ],
    ['branch', '', '--branch: is empty'],
  ])('--%s %s', (name, value, message) => {
    expect(problemsOf({ env: REPOSITORY, flags: flags(`--${name}=${value}`) })[0]).toContain(message);
  });

  test.each(['git@git.example.com:team/fleet.git', 'ssh://git@git.example.com:2222/fleet'])(
    'a repository at %s',
    (address) => {
      const key = flags('--repository', address, '--repository-ssh-key', '/etc/fairlead/key');
      expect(configOf({ flags: key })).toMatchObject({
        repository: address,
        repositoryAccess: { sshKeyFile: '/etc/fairlead/key' },
      });
      expect(problemsOf({ flags: flags('--repository', address) })).toEqual([
        '--repository is reached over SSH and needs --repository-ssh-key as well: the private half of a deploy key',
      ]);
    },
  );

  test('the known hosts are those of the user, or of the machine where there is no home', () => {
    expect(configOf({ env: { FAIRLEAD_REPOSITORY: '/r' } }).repositoryAccess.knownHostsFile).toBe(
      '/etc/ssh/ssh_known_hosts',
    );
  });

  test('the address of a proxy is kept as far as it counts', () => {
    const proxyOf = (value: string) =>
      configOf({ env: REPOSITORY, flags: flags('--repository-proxy', value) }).repositoryAccess.proxy;
    expect(proxyOf('http://proxy.example.com:3128/')).toBe('http://proxy.example.com:3128');
    expect(proxyOf('none')).toBe('none');
  });

  test.each(['http://ann:hunter2@proxy.example.com:3128', 'http://hunter2@proxy.example.com'])(
    'credentials of a proxy are refused without repeating them: %s',
    (value) => {
      const [problem] = problemsOf({ env: REPOSITORY, flags: flags('--repository-proxy', value) });
      expect(problem).toContain(
        'holds credentials; put that address with them into the file named by repository-credentials',
      );
      expect(problem).not.toContain('hunter2');
    },
  );

  test('an address with a password is refused without repeating it', () => {
    const [problem, ...others] = problemsOf({ flags: flags('--repository', 'https://ann:hunter2@example.com/x.git') });
    expect(problem).toBe('--repository: holds credentials; put them into the file named by repository-credentials');
    expect(others).toEqual([]);
  });

  test('a switch in the environment is true or false', () => {
    expect(configOf({ env: { ...REPOSITORY, FAIRLEAD_DRY_RUN: '1' } }).dryRun).toBe(true);
    expect(problemsOf({ env: { ...REPOSITORY, FAIRLEAD_DRY_RUN: 'yes' } })).toEqual([
      'FAIRLEAD_DRY_RUN: "yes" is not true or false',
    ]);
  });
});

describe('problems', () => {
  test('all are told at once, each with its source', () => {
    const file = 'poll-intervall: 3s\nhistory: many\nsite: here\n';
    expect(problemsOf({ flags: flags('--owner', 'A'), env: { FAIRLEAD_LISTEN: 'x' }, file })).toEqual([
      'fairlead.yaml:1:1: poll-intervall: this key is unknown (did you mean `poll-interval`?)',
      'fairlead.yaml:2:10: history: "many" is not a whole number',
      'fairlead.yaml:3:7: site: "here" is not a list',
      '--repository is missing (or FAIRLEAD_REPOSITORY, or `repository` in fairlead.yaml)',
      expect.stringMatching(/^FAIRLEAD_LISTEN: "x" is not an address and port/),
      expect.stringMatching(/^--owner: "A" is not a name/),
    ]);
  });

  test('a value of the file that only its kind can judge is told with its place', () => {
    expect(problemsOf({ env: REPOSITORY, file: '# x\nowner: Me\n' })[0]).toMatch(
      /^fairlead\.yaml:2:8: owner: "Me" is not a name/,
    );
  });

  test.each([
    ['a list', '- a\n', 'fairlead.yaml:1:1: the document has to be a mapping'],
    [
      'several documents',
      'owner: a\n---\nowner: b\n',
      'fairlead.yaml: the file holds several documents, one is expected',
    ],
    ['broken YAML', 'owner: "a\n', 'fairlead.yaml:1:8: this is not valid YAML'],
    ['a NUL byte', 'owner: \0', 'fairlead.yaml: the file holds a NUL byte, so it is no text'],
  ])('a file that is %s', (_, file, message) => {
    expect(problemsOf({ env: REPOSITORY, file })[0]).toContain(message);
  });

  test('an empty file is as good as none', () => {
    expect(configOf({ env: REPOSITORY, file: '# nothing set\n' }).owner).toBe('default');
  });
});

test('flags, variables and keys of the file have the same names', () => {
  expect(settingOptions().map((option) => option.long)).toEqual(SETTING_NAMES.map((name) => `--${name}`));
  expect(environmentName('poll-interval')).toBe('FAIRLEAD_POLL_INTERVAL');
  expect(Object.keys(configSchema().properties ?? {})).toEqual(SETTING_NAMES);
});

test('schemas/config.schema.json is made from the table of settings', () => {
  const stored: unknown = JSON.parse(readFileSync(new URL('../schemas/config.schema.json', import.meta.url), 'utf8'));
  expect(stored).toEqual(configSchema());
});

test.each([
  ['tlsCert', '--tls-cert needs --tls-key as well'],
  ['tlsKey', '--tls-key needs --tls-cert as well'],
])('half of a certificate and its key (%s) is a problem, for plain HTTP would be a surprise', (flag, problem) => {
  expect(loadRunConfig({ flags: { repository: '/r', [flag]: '/x.pem' }, env: {}, isRoot: true })).toEqual({
    ok: false,
    problems: [problem],
  });
});

test('a certificate and its key come from wherever each was given', () => {
  const env = { FAIRLEAD_TLS_KEY: '/k.pem' };
  const loaded = loadRunConfig({ flags: { repository: '/r', tlsCert: '/c.pem' }, env, isRoot: true });
  expect(loaded).toMatchObject({ config: { tls: { certFile: '/c.pem', keyFile: '/k.pem' } } });
});

test.each([
  [['--verify', 'commit'], ['--verify needs --verify-keys as well: the keys whose signatures count']],
  [['--verify-keys', '/k'], ['--verify-keys needs --verify commit or --verify tag as well']],
  [['--verify', 'head', '--verify-keys', '/k'], ['--verify: "head" is none of none, commit, tag']],
])('half of what verification needs (%j) is a problem', (args, problems) => {
  expect(problemsOf({ flags: flags('--repository', '/r', ...args) })).toEqual(problems);
});

test('trusted keys may be named several times, in each place settings come from', () => {
  const verify = { mode: 'tag', keys: ['/a', '/b'] };
  const repository = ['--repository', '/r'];
  expect(
    configOf({ flags: flags(...repository, '--verify', 'tag', '--verify-keys', '/a', '--verify-keys', '/b') }),
  ).toMatchObject({ verify });
  expect(configOf({ env: { ...REPOSITORY, FAIRLEAD_VERIFY: 'tag', FAIRLEAD_VERIFY_KEYS: '/a, /b' } })).toMatchObject({
    verify,
  });
  expect(configOf({ flags: flags(...repository), file: 'verify: tag\nverify-keys: [/a, /b]\n' })).toMatchObject({
    verify,
  });
  expect(configOf({ flags: flags(...repository, '--verify', 'none') })).toMatchObject({ verify: undefined });
});

test('patterns of refs stand in one text or in several, and what is none is told', () => {
  const given = (...texts: readonly string[]) => flags('--repository', '/srv/fleet', ...texts);
  expect(configOf({ flags: given('--plan-refs', 'refs/heads/a, HEAD', '--plan-refs', '*') }).planRefs).toEqual([
    'refs/heads/a',
    'HEAD',
    '*',
  ]);
  const loaded = loadRunConfig({ flags: given('--plan-refs', 'main'), env: {}, isRoot: false });
  expect(loaded).toEqual({ ok: false, problems: [expect.stringContaining('"main" is no pattern of refs')] });
});
