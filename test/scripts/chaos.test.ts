import { describe, expect, it } from 'vitest';
import { createInvariants } from '../../scripts/chaos/invariants.mjs';
import { chooseMoment, chooseOrdeal } from '../../scripts/chaos/moments.mjs';
import { createRandom } from '../../scripts/chaos/random.mjs';
import { createScene } from '../../scripts/chaos/scene.mjs';

const batches = new Map([
  ['web-1', '1'],
  ['web-2', '1'],
  ['web-3', '2'],
  ['web-4', '2'],
  ['api-1', '3'],
]);

/** An engine on which instances of version 1 run and an upgrade has begun; its events come as they are told. */
function upgrading({ isNoted = true } = {}) {
  const scene = createScene('chaos.shop');
  const found: string[] = [];
  let check: ReturnType<typeof createInvariants> = () => [];
  let now = 1_000;
  const tell = (type: 'container' | 'volume', action: string, id: string, labels: Record<string, string> = {}) => {
    const event = { at: now, type, action, id, labels };
    found.push(...check(event, scene.apply(event)));
  };
  const labelsOf = (instance: string, part: string, version: number) => {
    const [service = '', index = ''] = instance.split('-');
    const labels = {
      tenant: 'chaos',
      application: 'shop',
      service,
      instance: index,
      'application-version': `${version}`,
    };
    const own = part === 'sandbox' ? { role: 'sandbox', container: '' } : { role: 'container', container: part };
    return Object.fromEntries(
      Object.entries({ ...labels, ...own }).map(([name, value]) => [`io.fairlead.${name}`, value]),
    );
  };
  const each = (actions: readonly string[], instance: string, version: number, parts = ['main', 'sandbox']) => {
    for (const part of parts)
      for (const action of actions)
        tell('container', action, `${instance}.${part}.${version}`, labelsOf(instance, part, version));
  };
  const run = {
    found,
    tell,
    wait: (ms: number) => void (now += ms),
    start: (instance: string, version: number) => each(['create', 'start'], instance, version, ['sandbox', 'main']),
    stop: (instance: string, version: number) => each(['kill', 'die', 'destroy'], instance, version),
  };
  for (const instance of batches.keys()) run.start(instance, 1);
  for (const volume of ['chaos.shop.web-1.data', ...(isNoted ? ['chaos.shop_upgrade_2'] : [])])
    tell('volume', 'create', volume);
  check = createInvariants({ scene, batches, inParallel: 2, healthyTimeMs: 500 });
  run.wait(1_000);
  return run;
}

/** The first batch of the upgrade, which has just come up. */
function firstBatchUp() {
  const run = upgrading();
  for (const instance of ['web-1', 'web-2']) run.stop(instance, 1);
  for (const instance of ['web-1', 'web-2']) run.start(instance, 2);
  return run;
}

describe('the invariants of an upgrade', () => {
  it('hold while one batch after the other is made anew and has its healthy-time', () => {
    const run = firstBatchUp();
    run.wait(500);
    for (const instance of ['web-3', 'web-4']) run.stop(instance, 1);
    for (const instance of ['web-3', 'web-4']) run.start(instance, 2);
    expect(run.found).toEqual([]);
  });

  it('are broken when more are down than may be', () => {
    const run = upgrading();
    for (const instance of ['web-1', 'web-2', 'web-3']) run.stop(instance, 1);
    expect(run.found).toEqual(['too many down: web-1, web-2, web-3 are down at a time, 2 may be']);
  });

  it('are broken when an instance stays down while others have their turn', () => {
    const run = firstBatchUp();
    run.stop('api-1', 1);
    run.wait(500);
    run.stop('web-3', 1);
    run.start('web-3', 2);
    run.wait(500);
    run.stop('web-1', 2);
    expect(run.found).toEqual(['left down: api-1 stayed down while batches were begun, the second for web-1']);
  });

  it('are broken when the next batch is stopped before the healthy-time of the one before is over', () => {
    const run = firstBatchUp();
    run.wait(498);
    run.stop('web-3', 1);
    run.start('web-3', 2);
    expect(run.found).toEqual(['too early: web-3 was stopped for version 2 when web-1 had run it for 498.0 of 500 ms']);
  });

  it('are broken when an old instance is stopped and nothing says why', () => {
    const run = upgrading({ isNoted: false });
    run.stop('web-1', 1);
    expect(run.found[0]).toMatch(/^not noted: web-1 is stopped/);
  });

  it('are broken when an instance runs twice', () => {
    const run = upgrading();
    run.start('web-1', 2);
    expect(run.found).toEqual([
      'two of one: a second sandbox of web-1 runs',
      'two of one: a second main of web-1 runs',
    ]);
  });

  it('are broken when an instance goes back to an older version', () => {
    const run = firstBatchUp();
    run.stop('web-1', 2);
    run.start('web-1', 1);
    expect(run.found).toContain('version went back: web-1 is of version 1 again, after 2');
  });

  it('are broken when a version comes back of which nothing was left', () => {
    const run = firstBatchUp();
    run.start('web-3', 3);
    for (const [instance, version] of [
      ['web-1', 2],
      ['web-2', 2],
    ] as const)
      run.stop(instance, version);
    run.start('web-1', 2);
    expect(run.found).toContain('version went back: web-1 is of version 2, of which nothing was left');
  });

  it.each([
    ['data goes', 'destroy', 'chaos.shop.web-1.data', 'data lost: volume chaos.shop.web-1.data'],
    [
      'an upgrade is given up',
      'create',
      'chaos.shop_upgrade-aborted_2',
      'aborted: marker chaos.shop_upgrade-aborted_2',
    ],
  ])('are broken when %s', (_, action, volume, violation) => {
    const run = upgrading();
    run.tell('volume', action, volume);
    run.tell('volume', 'destroy', 'chaos.shop_upgrade_2');
    expect(run.found).toHaveLength(1);
    expect(run.found[0]).toContain(violation);
  });

  it('are broken when an instance is made that nobody asked for', () => {
    const run = upgrading();
    run.start('web-5', 2);
    expect(run.found).toContain('not desired: web-5 is in no specification');
  });
});

describe('the random choices of a run', () => {
  const choices = (seed: number) => {
    const random = createRandom(seed);
    return Array.from({ length: 50 }, () => [chooseMoment(random), chooseOrdeal(random, 100)]);
  };

  it('are the same for the same seed, and others for another', () => {
    expect(choices(7)).toEqual(choices(7));
    expect(choices(7)).not.toEqual(choices(8));
  });

  it('leave no upgrade with few kills only because they end', () => {
    const random = createRandom(1);
    const counts = Array.from({ length: 200 }, () => chooseOrdeal(random, 24).kills);
    expect(counts.filter((count) => count !== 24 && 24 - count < 8)).toEqual([]);
    expect(chooseOrdeal(random, 10).kills).toBe(10);
  });
});
