import { describe, expect, it } from 'vitest';
import { emptyHost } from '../../src/foresee/empty-host.ts';
import { foresee, type Foreseen } from '../../src/foresee/foresee.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { application, desire, service } from '../builders.ts';

const NOW = 1_800_000_000_000;

function first(desired: DesiredSite): Foreseen {
  return foresee({ desired, observed: emptyHost('local'), networkPool: '10.201.0.0/16', now: NOW });
}

/** What comes of a further commit on a host as it was foreseen. */
function then(desired: DesiredSite, { observed, until: now }: Foreseen): Foreseen {
  return foresee({ desired, observed, networkPool: '10.201.0.0/16', now });
}

/** `10 s: stop container x — version 1.0 → 2.0` */
const lines = ({ steps }: Foreseen) => steps.map(({ step, at }) => `${at / 1000} s: ${step.id} — ${step.reason}`);

const UPGRADE = {
  'version-regexp': '.',
  method: 'per-service' as const,
  services: [{ name: 'web', 'healthy-time': '10s' }],
};

const inBatches = (version: string) =>
  application('shop', { version, services: [service('web', { replicas: 2 })], 'upgrade-from': [UPGRADE] });

describe('what is foreseen', () => {
  it('of an empty host is everything that a first commit makes, in its order', () => {
    const foreseen = first(desire([application('shop')]));
    expect(lines(foreseen)).toEqual([
      '0 s: create network acme.shop — the application network',
      '0 s: make sandbox image fairlead/sandbox:test — not on the host',
      '0 s: pull image fairlead-test/busybox:1 — not on the host',
      '0 s: create sandbox acme.shop.web-1 — it is not there',
      '0 s: start container acme.shop.web-1 — it is not there',
      '0 s: create container acme.shop.web-1.main — it is not there',
      '0 s: start container acme.shop.web-1.main — it is not there',
    ]);
    expect(foreseen.end).toEqual({ kind: 'done' });
  });

  it('of a host that is as desired is nothing', () => {
    const foreseen = first(desire([application('shop')]));
    const again = then(desire([application('shop')], { revision: 'r2' }), foreseen);
    expect(again).toMatchObject({ steps: [], end: { kind: 'done' } });
    expect(again.observed).toEqual(foreseen.observed);
  });

  it('of an upgrade is each batch, no earlier than the healthy-time of the one before is over', () => {
    const upgraded = then(desire([inBatches('2.0')], { revision: 'r2' }), first(desire([inBatches('1.0')])));
    const made = lines(upgraded).filter((line) => !/(stop|remove|start) container/.test(line));
    expect(made).toEqual([
      '0 s: begin upgrade of acme.shop to 2.0 — from 1.0',
      '0 s: create sandbox acme.shop.web-1 — version 1.0 → 2.0, batch 1 of 2',
      '0 s: create container acme.shop.web-1.main — version 1.0 → 2.0, batch 1 of 2',
      '10 s: create sandbox acme.shop.web-2 — version 1.0 → 2.0, batch 2 of 2',
      '10 s: create container acme.shop.web-2.main — version 1.0 → 2.0, batch 2 of 2',
      '20 s: end upgrade of acme.shop to 2.0 — from 1.0',
    ]);
    expect(upgraded.end).toEqual({ kind: 'done' });
  });

  it('ends where removals are held, and says so', () => {
    const names = ['a', 'b', 'c', 'd'];
    const base = first(desire(names.map((name) => application(name))));
    const { steps, end } = then(desire([], { revision: 'r2' }), base);
    expect(steps).toEqual([]);
    expect(end.kind === 'waits' && end.for.map((wait) => wait.application)).toEqual(
      names.map((name) => `acme.${name}`),
    );
  });
});
