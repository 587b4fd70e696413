import { describe, expect, it } from 'vitest';
import { HASH_FORMATS, type HashFormat, type HashFormats } from '../../src/desired/container-hash.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import { isMadeFrom } from '../../src/model/made-from.ts';
import { instanceState } from '../../src/status/instance-state.ts';
import { application, container, desire, observedInstance, service } from '../builders.ts';
import { GOLDEN_HASHES, GOLDEN_SPECS } from '../desired/golden-hashes.ts';
import { createWorld, lines, type World } from '../world.ts';

const [FORMAT_1] = HASH_FORMATS;

/** What a later release may come with: other fields count, and they are written otherwise. */
const FORMAT_2: HashFormat = {
  version: 2,
  fields: (wish) => ({ all: FORMAT_1.fields(wish), init: wish.container.init }),
  canonical: (value) => `later ${FORMAT_1.canonical(value)}`,
};

/** A later release: it stamps format 2 and still knows what was stamped before. */
const LATER: HashFormats = [FORMAT_2, FORMAT_1];
/** One that came after format 1 was given up, to show what the table is for. */
const FORGETFUL: HashFormats = [FORMAT_2];

const INITIAL = application('depot', {
  services: [
    service('db', {
      volumes: [
        { name: 'cache', 'ephemeral-volume': { size: '1MB' } },
        { name: 'config', 'config-map': { items: [{ name: 'a.conf', data: 'a' }] } },
      ],
      'init-containers': [container('first'), container('second')],
      containers: [container('main', { mounts: [{ 'volume-name': 'config', 'mount-path': '/config' }] })],
    }),
  ],
});
const SPECS = [...GOLDEN_SPECS, INITIAL];

function hashes(specs: readonly ApplicationSpec[], hashFormats: HashFormats) {
  const instances = Object.values(desire(specs, { hashFormats }).applications).flatMap((one) => one.instances);
  return instances.flatMap(({ sandbox, initContainers, containers }) => [sandbox, ...initContainers, ...containers]);
}

/** A host full of what this release made. */
async function madeByThisRelease(): Promise<World> {
  const world = createWorld();
  for (const { image } of hashes(SPECS, HASH_FORMATS)) world.docker.engine.images.set(image, 'sha256:3');
  await world.converge(desire(SPECS));
  return world;
}

describe('a release that hashes otherwise', () => {
  it('still computes what releases before it have stamped', () => {
    const former = hashes(GOLDEN_SPECS, LATER).map(({ name, formerHashes }) => [name, formerHashes]);
    const golden = Object.entries(GOLDEN_HASHES).map(([name, hash]) => [name, [hash]]);
    expect(Object.fromEntries(former)).toEqual(Object.fromEntries(golden));
  });

  it('stamps its own format, in what a sandbox takes over from init containers, too', () => {
    const before = hashes([INITIAL], HASH_FORMATS);
    const after = hashes([INITIAL], LATER);
    expect(after.map(({ formerHashes }) => formerHashes)).toEqual(before.map(({ configHash }) => [configHash]));
    expect(after.map(({ configHash }) => configHash)).toEqual(
      hashes([INITIAL], FORGETFUL).map(({ configHash }) => configHash),
    );
    for (const { configHash } of after) expect(configHash).toMatch(/^2:[0-9a-f]{32}$/);
  });

  it('has nothing to do on a host full of containers that a former release made', async () => {
    const world = await madeByThisRelease();
    const stamped = (await world.docker.listContainers('test', new AbortController().signal)).flatMap(
      ({ name, identity }) => (name in GOLDEN_HASHES ? [[name, identity?.configHash]] : []),
    );
    expect(Object.fromEntries(stamped)).toEqual(GOLDEN_HASHES);
    expect(lines(await world.plan(desire(SPECS, { hashFormats: LATER })))).toEqual([]);
    expect(lines(await world.plan(desire(SPECS, { hashFormats: FORGETFUL })))).not.toEqual([]);
  });

  it('replaces the one container whose wish did change, and stamps it in its own format', async () => {
    const world = await madeByThisRelease();
    const [plain, ...others] = SPECS;
    const services = [service('web', { containers: [container('nginx', { env: { A: '1' } })] })];
    const site = desire([{ ...plain!, services }, ...others], { hashFormats: LATER });
    expect(await world.converge(site)).toEqual([
      'stop container acme.shop.web-1.nginx',
      'remove container acme.shop.web-1.nginx',
      'create container acme.shop.web-1.nginx',
      'start container acme.shop.web-1.nginx',
    ]);
    const made = await world.docker.inspectContainer('acme.shop.web-1.nginx', new AbortController().signal);
    expect(made?.identity?.configHash).toMatch(/^2:/);
    expect(lines(await world.plan(site))).toEqual([]);
  });

  it('makes an instance anew whose init container did change', async () => {
    const world = await madeByThisRelease();
    const [db] = INITIAL.services;
    const initContainers = [container('first'), container('second', { env: { A: '1' } })];
    const services = [{ ...db!, 'init-containers': initContainers }];
    const site = desire([...GOLDEN_SPECS, { ...INITIAL, services }], { hashFormats: LATER });
    expect(await world.converge(site)).toContain('create sandbox acme.depot.db-1');
  });

  it('shows an instance that a former release made as running, not as upgrading', () => {
    const [before, after] = [HASH_FORMATS, LATER].map(
      (hashFormats) => desire([INITIAL], { hashFormats }).applications['acme.depot']!,
    );
    const found = observedInstance(before!, before!.instances[0]!);
    const facts = {
      host: 'local',
      volumes: [],
      spec: undefined,
      progress: undefined,
      stays: false,
      failures: new Map(),
      now: 10_000,
    };
    const stateUnder = (application: typeof after) =>
      instanceState({ ...facts, application: application!, desired: application!.instances[0]!, observed: found });
    expect(stateUnder(after)['oper-status']).toBe(stateUnder(before)['oper-status']);
    expect(stateUnder(after)['oper-status']).toBe('running');
  });
});

describe('a container is taken as made from a wish', () => {
  const wish = { configHash: '3:new', formerHashes: ['2:mid', '1:old'] };

  it.each([
    ['with its hash in the newest format', '3:new', true],
    ['with its hash in an earlier format', '2:mid', true],
    ['with its hash in the first format', '1:old', true],
    ['not with another hash of a known format', '1:new', false],
    ['not with one in a format that is not known here', '4:new', false],
    ['not without a hash', undefined, false],
    ['not with an empty one', '', false],
  ])('%s', (_, hash, expected) => {
    expect(isMadeFrom(wish, hash)).toBe(expected);
  });
});
