import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyHost } from '../../src/foresee/empty-host.ts';
import { foresee } from '../../src/foresee/foresee.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { reviewSite } from '../../src/review/review-site.ts';
import type { SiteReview } from '../../src/status/documents.ts';
import { application, container, desire, service } from '../builders.ts';

// Of a host only the applications that differ are foreseen, and what they have to do with. That has to come to the same
// as if all were.

const NETWORK_POOL = '10.201.0.0/21';
const NOW = 1_800_000_000_000;

/** Few networks and images, so that applications meet on them. */
const spec = (name: string): fc.Arbitrary<ApplicationSpec | undefined> =>
  fc.option(
    fc
      .record({
        version: fc.constantFrom('1.0', '2.0'),
        replicas: fc.integer({ min: 1, max: 3 }),
        image: fc.constantFrom('a:1', 'a:2', 'b:1'),
        shared: fc.constantFrom(undefined, 'x', 'y'),
        isCoordinated: fc.boolean(),
      })
      .map(({ version, replicas, image, shared, isCoordinated }) =>
        application(name, {
          version,
          services: [service('web', { replicas, containers: [container('main', { image })] })],
          ...(shared === undefined ? {} : { network: { 'shared-application-network': shared } }),
          ...(isCoordinated ? { 'upgrade-from': [UPGRADE] } : {}),
        }),
      ),
    { nil: undefined, freq: 5 },
  );

const UPGRADE = {
  'version-regexp': '.',
  method: 'per-service' as const,
  services: [{ name: 'web', 'healthy-time': '10s' }],
};

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const fleet = fc.tuple(...NAMES.map(spec)).map((specs) => specs.filter((one) => one !== undefined));

/** Which images are removed is not told without the history of all versions. */
const desired = (specs: readonly ApplicationSpec[], revision: string, former?: DesiredSite): DesiredSite => ({
  ...desire(specs, { revision, ...(former === undefined ? {} : { former }) }),
  versionsComplete: false,
});

const OPTIONS = { networkPool: NETWORK_POOL, now: NOW, fields: new Map(), unfelt: new Set<string>() };

/** With every application of the base on the host. */
function reviewInFull(base: DesiredSite, head: DesiredSite): SiteReview | undefined {
  const { observed } = foresee({ desired: base, observed: emptyHost('local'), networkPool: NETWORK_POOL, now: NOW });
  return reviewSite({ base, head, observed, pruneVerdict: undefined }, OPTIONS);
}

describe('a site of which only what differs is foreseen', () => {
  it('comes to the same as one of which everything is', () => {
    fc.assert(
      fc.property(fleet, fleet, fc.integer({ min: 0, max: NAMES.length }), (before, after, kept) => {
        const base = desired(before, 'r1');
        // As most commits do, it leaves some as they are.
        const names = new Set(NAMES.slice(0, kept));
        const isKept = ({ name }: ApplicationSpec) => names.has(name);
        const specs = [...before.filter(isKept), ...after.filter((one) => !isKept(one))];
        const head = desired(specs, 'r2', base);
        const reduced = reviewSite({ base, head, observed: undefined, pruneVerdict: undefined }, OPTIONS);
        expect(reduced).toEqual(reviewInFull(base, head));
      }),
      { numRuns: 25 },
    );
  });

  it('tells who finds no room, though it is another application that takes it', () => {
    const specs = NAMES.map((name) => application(name));
    const [, ...others] = specs;
    const options = { ...OPTIONS, networkPool: '10.201.0.0/24' };
    const [base, head] = [desired(others, 'r1'), desired(specs, 'r2')];
    const review = reviewSite({ base, head, observed: undefined, pruneVerdict: undefined }, options);
    expect(review?.applications).toMatchObject([
      { application: 'acme.a', change: 'waiting', reason: 'the network pool 10.201.0.0/24 is full' },
    ]);
    // It waited before: nothing changes for it.
    const more = desired([...specs, application('f')], 'r3');
    const next = reviewSite({ base: head, head: more, observed: undefined, pruneVerdict: undefined }, options);
    expect(next?.blocked.map((one) => one.application)).toEqual(['acme.f']);
  });
});
