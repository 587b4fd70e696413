import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serve } from '../api/served.ts';
import { application, deployment, host, instance, site, snapshot } from '../api/snapshot-builders.ts';
import { connectionTo, createTerminal, printed, run, shows } from './terminal.ts';

const [NGINX] = instance('web-1').containers;
const FAILED = instance('web-1', {
  containers: [{ ...NGINX!, 'total-restarts': 3 }],
  'init-containers': [{ ...NGINX!, name: 'setup', 'total-restarts': 2 }],
  ready: false,
  'oper-status': 'failed',
  'error-message': 'nginx: no\nsuch image',
});
const SHOP = application('acme.shop', {
  state: { 'service-instances': [FAILED, instance('web-2')], 'oper-status': 'error', 'error-message': 'no such image' },
});
const SITE = snapshot({
  applications: [application('acme.blog'), SHOP, application('beta.shop')],
  deployments: [deployment('acme.shop')],
});
const QUIET = snapshot({ applications: [application('acme.shop')] });

describe('fairlead get', () => {
  it('shows applications in a table without borders', async () => {
    const { origin } = await serve(SITE);
    expect(await printed(origin, 'get', 'applications')).toBe(
      [
        'TENANT   NAME   VERSION   STATUS    READY   MESSAGE',
        'acme     blog   1.0       running   1/1',
        'acme     shop   1.0       error     1/2     no such image',
        'beta     shop   1.0       running   1/1',
        '',
      ].join('\n'),
    );
  });

  it('shows the service instances of all applications', async () => {
    const { origin } = await serve(SITE);
    const lines = (await printed(origin, 'get', 'service-instances')).split('\n');
    expect(lines[0]).toMatch(/^TENANT +APPLICATION +NAME +VERSION +STATUS +READY +RESTARTS +HOST +ADDRESS +MESSAGE$/);
    expect(lines[2]).toMatch(
      /^acme +shop +web-1 +1\.0 +failed +1\/1 +5 +local +10\.201\.0\.2\/26 +nginx: no such image$/,
    );
    expect(lines).toHaveLength(6);
  });

  it('tells old instances that live on from replicas', async () => {
    const old = instance('web-2', { progress: 'delayed shutdown: ends by itself', lingering: true });
    const shop = application('acme.shop', { state: { 'service-instances': [instance('web-1'), old] } });
    const { origin } = await serve(snapshot({ applications: [shop] }));
    expect(await printed(origin, 'get', 'applications')).toMatch(/^acme +shop +1\.0 +running +1\/1$/m);
    expect(await printed(origin, 'get', 'service-instances')).toMatch(/ web-2 .* delayed shutdown: ends by itself$/m);
  });

  it('shows deployments and hosts', async () => {
    const { origin } = await serve(SITE);
    expect(await printed(origin, 'get', 'application-deployments')).toMatch(/^acme +shop +shop +\* +deployed$/m);
    expect(await printed(origin, 'get', 'hosts')).toMatch(/^local +local\.example\.org +20\.10\.24 +up +2026-01-02T/m);
  });

  it('shows sites, to a tenant as well', async () => {
    const labels = { 'system/name': 'kista', 'system/type': 'edge', 'acme.com/region': 'north' };
    const { origin } = await serve(snapshot({ sites: [site('local'), site('kista', { labels })] }));
    expect(await printed(origin, 'get', 'sites')).toBe(
      ['NAME    TYPE   LABELS', 'local   edge', 'kista   edge   acme.com/region=north', ''].join('\n'),
    );
    expect(await printed(origin, 'get', 'sites', 'kista', '-o', 'json')).toMatch(/^\{\n {2}"name": "kista"/);
  });

  it('shows no start of a host that has not answered yet', async () => {
    const hosts = [host('edge-1', { 'started-at': '1970-01-01T00:00:00.000Z', 'oper-status': 'down' })];
    const { origin } = await serve(snapshot({ hosts }));
    expect(await printed(origin, 'get', 'hosts')).not.toMatch(/STARTED|1970/);
  });

  it('shows how much space hosts have, where that is known', async () => {
    const disk = { total: '253GB', free: '4.2GB', low: true };
    const { origin } = await serve(snapshot({ hosts: [host('edge-1', { disk }), host('edge-2')] }));
    const [titles, ...rows] = (await printed(origin, 'get', 'hosts')).split('\n');
    expect(titles).toMatch(/^NAME .* STARTED +FREE$/);
    expect(rows[0]).toMatch(/^edge-1 .*Z +4\.2GB of 253GB$/);
    expect(rows[1]).toMatch(/^edge-2 .*Z$/);
  });

  it('shows one by its name; an instance by its short or long one', async () => {
    const { origin } = await serve(SITE);
    expect(await printed(origin, 'get', 'applications', 'blog')).toMatch(/^TENANT.*\nacme +blog .*\n$/);
    expect((await printed(origin, 'get', 'service-instances', 'web-1')).split('\n')).toHaveLength(5);
    expect(await printed(origin, 'get', 'service-instances', 'beta.shop.web-1')).toMatch(/^TENANT.*\nbeta .*\n$/);
  });

  it('shows one tenant alone', async () => {
    const { origin } = await serve(SITE);
    const table = await printed(origin, 'get', 'applications', '--tenant', 'beta');
    expect(table).toBe('NAME   VERSION   STATUS    READY\nshop   1.0       running   1/1\n');
  });

  it('prints YAML and JSON: a list, or the one thing of a name', async () => {
    const { origin } = await serve(SITE);
    const yaml = await printed(origin, 'get', 'applications', '-o', 'yaml');
    expect(parse(yaml)).toMatchObject([{ name: 'blog' }, { name: 'shop' }, { name: 'shop' }]);
    const json: unknown = JSON.parse(
      await printed(origin, 'get', 'service-instances', 'acme.shop.web-2', '-o', 'json'),
    );
    expect(json).toMatchObject({ name: 'web-2', tenant: 'acme', application: 'shop' });
  });

  it('says so when there is none', async () => {
    const { origin } = await serve(snapshot());
    expect(await printed(origin, 'get', 'applications')).toBe('No applications.\n');
  });

  it('ends with 1 when there is none of that name', async () => {
    const { origin } = await serve(SITE);
    for (const [kind, message] of [
      ['applications', 'no application till'],
      ['service-instances', 'no service instance till'],
    ] as const) {
      const terminal = createTerminal();
      await run(terminal, 'get', kind, 'till', ...(await connectionTo(origin)));
      expect(terminal).toSatisfy(() => terminal.exitCode() === 1 && terminal.stdout() === '');
      expect(terminal.stderr()).toBe(`fairlead: ${message}\n`);
    }
  });

  it('offers no kind that is not built', async () => {
    await expect(run(createTerminal(), 'get', 'pods')).rejects.toThrow(/Allowed choices are applications, .*events\.$/);
  });

  it('colours a status on a terminal, unless NO_COLOR says otherwise', async () => {
    const { origin } = await serve(QUIET);
    for (const [env, expected] of [
      [{}, '\u001b[32mrunning\u001b[39m'],
      [{ NO_COLOR: '1' }, 'running'],
    ] as const) {
      const terminal = createTerminal({ isTTY: true, env });
      await run(terminal, 'get', 'applications', ...(await connectionTo(origin)));
      expect(terminal.stdout().split(/ +/)).toContain(expected);
    }
  });
});

describe('fairlead get --watch', () => {
  it('draws anew when something changed, until Ctrl-C', async () => {
    const { origin, store } = await serve(QUIET);
    const terminal = createTerminal({ isTTY: true, env: { NO_COLOR: '1' } });
    const done = run(terminal, 'get', 'applications', '--watch', ...(await connectionTo(origin)));
    await shows(terminal, /running/);
    store.swap(SITE);
    await shows(terminal, /error/);
    terminal.pressCtrlC();
    await done;
    expect(terminal.stdout().split('\u001b[H\u001b[2J')).toHaveLength(3);
    expect(terminal.exitCode()).toBe(0);
  });

  it('goes on while the daemon is away', async () => {
    const { origin, close } = await serve(QUIET);
    const terminal = createTerminal();
    const done = run(terminal, 'get', 'applications', '--watch', ...(await connectionTo(origin)));
    await shows(terminal, /running/);
    await close();
    await shows(terminal, /no Fairlead answers/);
    terminal.pressCtrlC();
    await done;
  });

  it('ends with 1 when there is no daemon to begin with', async () => {
    const { origin, close } = await serve(QUIET);
    await close();
    const terminal = createTerminal();
    await run(terminal, 'get', 'applications', '--watch', ...(await connectionTo(origin)));
    expect(terminal.exitCode()).toBe(1);
  });
});
