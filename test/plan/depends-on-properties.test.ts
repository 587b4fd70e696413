import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import { application, container, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';
import { wish } from './holding.ts';

// Applications that depend on others, in random circle-free ways; some never become ready.

interface Node {
  /** Numbers of others, all smaller than its own. */
  readonly needs: readonly number[];
  readonly isSick: boolean;
  readonly isUpgraded: boolean;
}

const MOST = 6;
const nodes: fc.Arbitrary<readonly Node[]> = fc
  .array(
    fc.record({
      picks: fc.array(fc.nat(MOST), { maxLength: 3 }),
      isSick: fc.boolean().chain((may) => (may ? fc.boolean() : fc.constant(false))),
      isUpgraded: fc.boolean(),
    }),
    { minLength: 2, maxLength: MOST },
  )
  .map((all) =>
    all.map(({ picks, ...node }, number) => ({
      ...node,
      needs: number === 0 ? [] : [...new Set(picks.map((pick) => pick % number))],
    })),
  );

const nameOf = (number: number): string => `app-${number}`;

/** Nobody asks the probe of a sick one, so it is never ready. */
function toSpec({ needs, isSick }: Node, number: number, version: string): ApplicationSpec {
  const main = isSick ? container('main', { probes: { readiness: { tcp: { port: 80 } } } }) : container('main');
  return application(nameOf(number), {
    version,
    services: [service('web', { containers: [main] })],
    ...(needs.length > 0 && { 'depends-on': needs.map(nameOf) }),
  });
}

/** Whether an application comes to run: all it needs do, and are well. */
function starts(all: readonly Node[], number: number): boolean {
  return (all[number]?.needs ?? []).every((need) => all[need]?.isSick === false && starts(all, need));
}

function versions({ docker }: World): Readonly<Record<string, string>> {
  const mains = docker.engine
    .containers()
    .filter(({ desired, status }) => desired.role === 'container' && status === 'running');
  return Object.fromEntries(
    mains.map(({ labels }) => [
      labels['io.fairlead.application'] ?? '',
      labels['io.fairlead.application-version'] ?? '',
    ]),
  );
}

function expected(all: readonly Node[], version: (node: Node) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    all.flatMap((node, number) => (starts(all, number) ? [[nameOf(number), version(node)]] : [])),
  );
}

describe('applications that depend on one another', () => {
  it('are all started but those that need one that is not well, each after what it needs', async () => {
    await fc.assert(
      fc.asyncProperty(nodes, async (all) => {
        const world = createWorld();
        const done = await world.settle(wish(all.map((node, number) => toSpec(node, number, '1.0'))));
        expect(versions(world)).toEqual(expected(all, () => '1.0'));
        const startOf = (number: number) => done.indexOf(`start container acme.${nameOf(number)}.web-1.main`);
        for (const [number, { needs }] of all.entries())
          if (starts(all, number)) for (const need of needs) expect(startOf(need)).toBeLessThan(startOf(number));
      }),
      { numRuns: 40 },
    );
  });

  it('all come to their new versions, each after what it needs, and none waits for ever', async () => {
    await fc.assert(
      fc.asyncProperty(nodes, async (drawn) => {
        const all = drawn.map((node) => ({ ...node, isSick: false }));
        const world = createWorld();
        await world.settle(wish(all.map((node, number) => toSpec(node, number, '1.0'))));
        world.now += 1_000;
        const version = ({ isUpgraded }: Node) => (isUpgraded ? '2.0' : '1.0');
        const done = await world.settle(wish(all.map((node, number) => toSpec(node, number, version(node)))));
        expect(versions(world)).toEqual(expected(all, version));
        const startOf = (number: number) => done.indexOf(`start container acme.${nameOf(number)}.web-1.main`);
        for (const [number, { needs, isUpgraded }] of all.entries()) {
          const upgraded = needs.filter((need) => all[need]?.isUpgraded);
          if (isUpgraded) for (const need of upgraded) expect(startOf(need)).toBeLessThan(startOf(number));
        }
      }),
      { numRuns: 40 },
    );
  });
});
