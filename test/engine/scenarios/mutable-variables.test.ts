import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/docker/endpoint.ts';
import { openDocker } from '../../../src/docker/engine.ts';
import { SANDBOX_IMAGE } from '../../../src/docker/sandbox-image.ts';
import type { FairleadEvent } from '../../../src/events.ts';
import type { ApplicationSpec, ContainerSpec } from '../../../src/model/application-spec.ts';
import type { ResolvedCatalog } from '../../../src/model/catalog.ts';
import { hideSecrets } from '../../../src/model/secret-values.ts';
import { createDesire } from '../../../src/reconcile/desire.ts';
import { createHostLoop, type HostView } from '../../../src/reconcile/host-loop.ts';
import { application, container, resolved, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { FakeSecrets, secretVariable } from '../../secrets.ts';
import { ENGINE, POOL } from '../daemon/daemon-process.ts';
import { containersOf, execIn, runningOf, sweep } from '../daemon/engine-view.ts';
import { proves } from '../daemon/proves.ts';

// The loop of the daemon on a real engine, with secrets from a hand of the test: no daemon has a source of them yet.

const OWNER = 'mutable-variables';
const NAMES = ['restarts', 'ignores'] as const;

function withPassword(
  name: string,
  fields: Partial<ApplicationSpec> = {},
  main: Partial<ContainerSpec> = {},
): ApplicationSpec {
  const sleeper = { image: busyboxImage, cmd: ['sleep', '100000'], env: { PASSWORD: '${PASSWORD}' } };
  const containers = [container('main', { ...sleeper, ...main })];
  const web = service('web', { variables: [secretVariable('PASSWORD', 'password')], containers });
  return application(name, { services: [web], ...fields });
}

const secrets = new FakeSecrets();
const stopping = new AbortController();
const events: FairleadEvent[] = [];
let view: HostView | undefined;
let desire: (catalog: ResolvedCatalog) => string | undefined;
let running: Promise<void>;

beforeAll(async () => {
  secrets.deliver({ password: 'hunter2' });
  const loop = createHostLoop({
    docker: openDocker(parseEndpoint(ENGINE), { hide: (text) => hideSecrets(text, secrets.current()) }),
    host: 'local',
    owner: OWNER,
    holder: 'this test',
    sandboxImage: SANDBOX_IMAGE,
    networkPool: POOL,
    dryRun: false,
    resyncMs: 300_000,
    now: () => Date.now(),
    narrate: (event) => events.push(event),
    allowsPrune: () => Promise.resolve(false),
    publish: (next) => void (view = next),
  });
  running = loop.run(stopping.signal);
  desire = createDesire({
    site: { owner: OWNER, sandboxImage: SANDBOX_IMAGE },
    secrets,
    nameSite: () => undefined,
    tell: (desired) => loop.desire(desired),
  });
  desire(resolved([withPassword('restarts'), withPassword('ignores', { 'on-mutable-variable-change': 'ignore' })]));
  await eventually(() => expect(view?.appliedRevision).toBe('r1'), 60_000);
});

afterAll(async () => {
  stopping.abort();
  await running;
  await sweep(OWNER);
});

async function passwords(): Promise<readonly string[]> {
  const read = (name: string) => execIn(ENGINE, `acme.${name}.web-1.main`, ['sh', '-c', 'echo "$PASSWORD"']);
  return (await Promise.all(NAMES.map(read))).map((password) => password.trim());
}

const idsOf = async (name: string) =>
  Object.entries(await runningOf(OWNER)).filter(([container]) => container.startsWith(`acme.${name}.`));

describe('a variable whose value comes from a secret', () => {
  it('has the value that was delivered', async () => {
    expect(await passwords()).toEqual(['hunter2', 'hunter2']);
  });

  it('has its new one in an instance that was restarted for it, and its old one where that is to be ignored', async () => {
    proves('on-mutable-variable-change');
    const [restarted, ignored] = [await idsOf('restarts'), await idsOf('ignores')];
    secrets.deliver({ password: 'correct horse' });
    await eventually(async () => expect(await passwords()).toEqual(['correct horse', 'hunter2']), 60_000);
    await eventually(() => expect([view?.plan?.steps, view?.inFlight]).toEqual([[], []]));
    expect(await idsOf('ignores')).toEqual(ignored);
    const idsNow = (await idsOf('restarts')).map(([, id]) => id);
    expect(restarted.filter(([, id]) => idsNow.includes(id))).toEqual([]);
  });

  it('is behind the label of a sandbox, and in none', async () => {
    const labels = (await containersOf(OWNER)).map((one) => one.labels);
    expect(labels.filter((one) => 'io.fairlead.variables' in one)).toHaveLength(NAMES.length);
    expect(JSON.stringify(labels)).not.toMatch(/hunter2|correct horse/);
  });

  it.each([
    ['by the engine', true],
    ['by the init process, in what the container writes before it ends', false],
  ])('is not shown where it is quoted: %s', async (_, noInit) => {
    // A common mistake: the whole command in one word, which is taken for the name of a program.
    const mistake = { cmd: ['run --password ${PASSWORD}'], 'no-builtin-init': noInit };
    const name = `mistaken-${noInit ? 'alone' : 'init'}`;
    desire(resolved([withPassword(name, {}, mistake)], { revision: name }));
    const told = () => ({
      events: events.flatMap((event) => (event.kind === 'step-failed' ? [event.error] : [])),
      attempts: view?.attempts,
      containers: view?.observed?.applications[`acme.${name}`]?.instances[`acme.${name}.web-1`]?.containers,
    });
    await eventually(() => {
      const quotes = told().containers?.map(({ engineError, lastLines }) => [engineError, ...lastLines].join(' '));
      expect(quotes).toContainEqual(expect.stringContaining('run --password ***'));
    }, 60_000);
    expect(JSON.stringify(told())).not.toMatch(/hunter2|correct horse/);
  });
});
