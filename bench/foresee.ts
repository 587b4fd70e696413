// npx tsx bench/foresee.ts [APPLICATIONS] [REPLICAS]
//
// What it takes to say everything that a commit leads to: from an empty host, where nothing changes, and where one
// application is upgraded in batches of one.
import { emptyHost } from '../src/foresee/empty-host.ts';
import { foresee, type Foreseen } from '../src/foresee/foresee.ts';
import type { ApplicationSpec } from '../src/model/application-spec.ts';
import { desire, service } from '../test/builders.ts';

const [applications = 1_000, replicas = 2] = process.argv.slice(2).map(Number);
const shared = { networkPool: '10.0.0.0/8' };

const specOf = (index: number, version: string): ApplicationSpec => ({
  name: `app-${index}`,
  version,
  services: [service('web', { replicas })],
  'upgrade-from': [
    { 'version-regexp': '.', method: 'per-service', services: [{ name: 'web', 'healthy-time': '10s' }] },
  ],
});
const specs = Array.from({ length: applications }, (_, index) => specOf(index, '1.0'));

const base = desire(specs);
const same = desire(specs, { revision: 'r2', former: base });
const changed = desire([specOf(0, '2.0'), ...specs.slice(1)], { revision: 'r3', former: base });
const key = 'acme.app-0';
const head = { ...changed, earlier: { [key]: [base.applications[key]].filter((one) => one !== undefined) } };

const first = timed('from an empty host', () => {
  return foresee({ ...shared, desired: base, observed: emptyHost('local'), now: 1_800_000_000_000 });
});
const settled = { ...shared, observed: first.observed, now: first.until };
for (let round = 0; round < 3; round += 1) {
  timed('nothing changes', () => foresee({ ...settled, desired: same }));
  timed('one is upgraded', () => foresee({ ...settled, desired: head }));
  timed('one is upgraded, with the plan of before', () =>
    foresee({ ...settled, desired: head, former: first.planned }),
  );
}

function timed(what: string, work: () => Foreseen): Foreseen {
  const began = process.cpuUsage();
  const foreseen = work();
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1_000;
  console.log(`${what.padEnd(42)} ${ms.toFixed(0).padStart(6)} ms of CPU  ${foreseen.steps.length} steps`);
  return foreseen;
}
