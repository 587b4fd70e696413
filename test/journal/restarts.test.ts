import { describe, expect, it } from 'vitest';
import { createAuditTrail, type AuditTrail } from '../../src/journal/audit.ts';
import { createRestartAction, type RestartRequest } from '../../src/journal/restart-action.ts';
import { createRestartWatch } from '../../src/journal/restarts.ts';
import { createRuns, type Runs } from '../../src/journal/runs.ts';
import type { RunRecord } from '../../src/journal/run-document.ts';
import type { InstanceState } from '../../src/status/documents.ts';
import type { Snapshot } from '../../src/store/store.ts';
import { application, instance, plan, snapshot, stopStep } from '../api/snapshot-builders.ts';

// When the run of a restart ends, told by snapshots alone.

const FORMER = instance('web-1').containers.map(({ id }) => id);
const BUSY = plan({ steps: [stopStep('acme.shop.web-1.nginx')] });
const REQUEST: RestartRequest = {
  principal: { name: 'jane' },
  address: '192.0.2.17',
  ...{ site: 'local', tenant: 'acme', application: 'shop', instance: 'web-1' },
  containers: FORMER,
  delayed: true,
};

function runsOf(earlier: readonly RunRecord[] = []): Runs {
  const files = { write: async () => undefined, remove: async () => undefined };
  return createRuns({ files, capacity: 100, now: () => 0, random: () => '0', earlier, onProblem: () => undefined });
}

function auditOf(): AuditTrail {
  const files = { append: async () => undefined };
  const ids = { now: () => 0, random: () => '0' };
  return createAuditTrail({ files, capacity: 100, ...ids, earlier: [], onProblem: () => undefined });
}

/** The instance as it is, in a shop where something is planned for it or nothing. */
function seen(instances: readonly InstanceState[], planned = plan()): Snapshot {
  const shop = application('acme.shop', { state: { 'service-instances': instances } });
  return snapshot({ applications: [shop], plan: planned });
}

function anew(fields: Partial<InstanceState> = {}): InstanceState {
  const [container] = instance('web-1').containers;
  return instance('web-1', { containers: [{ ...container!, id: 'made-anew' }], ...fields });
}

interface Watched {
  /** Looks at a snapshot, so many seconds after the one before. */
  readonly look: (snapshot: Snapshot, seconds?: number) => void;
  readonly run: () => ReturnType<Runs['list']>[number];
}

async function watched(): Promise<Watched> {
  const runs = runsOf();
  await createRestartAction({ ask: () => 'accepted', runs, audit: auditOf(), dryRun: false })(REQUEST);
  let time = 0;
  const watch = createRestartWatch({ runs, now: () => time });
  const look = (next: Snapshot, seconds = 0) => {
    time += seconds * 1000;
    watch.look(next);
  };
  return { look, run: () => runs.list()[0]! };
}

describe('the run of a restart', () => {
  it('is under way while the old containers are there or the new ones not ready', async () => {
    const { look, run } = await watched();
    look(seen([instance('web-1')], BUSY));
    look(seen([anew({ 'oper-status': 'starting', ready: false })], BUSY), 60);
    look(seen([anew({ ready: false })]), 60);
    expect(run()).toMatchObject({ kind: 'restart', principal: { name: 'jane' }, outcome: 'running' });
  });

  it('succeeds when everything was made anew and is ready', async () => {
    const { look, run } = await watched();
    look(seen([instance('web-1')], BUSY));
    look(seen([anew()]));
    expect(run()).toMatchObject({ outcome: 'succeeded', reason: 'web-1 was made anew and is ready' });
  });

  it('does not take a new container for the whole of it', async () => {
    const { look, run } = await watched();
    const [former] = instance('web-1').containers;
    look(seen([instance('web-1', { containers: [former!, { ...former!, name: 'new', id: 'new' }] })], BUSY));
    expect(run().outcome).toBe('running');
  });

  it('fails at once when what was made anew keeps ending', async () => {
    const { look, run } = await watched();
    look(seen([anew({ 'oper-status': 'error', ready: false, 'error-message': 'nginx: it keeps ending' })]));
    expect(run()).toMatchObject({
      outcome: 'failed',
      'error-message': 'web-1 was made anew and does not run: nginx: it keeps ending',
    });
  });

  it('fails when it cannot be made for a while, not at the first step that fails', async () => {
    const { look, run } = await watched();
    const failing = anew({ 'oper-status': 'failed', ready: false, 'error-message': 'no such image' });
    look(seen([failing], BUSY));
    look(seen([failing], BUSY), 29);
    expect(run().outcome).toBe('running');
    look(seen([anew({ 'oper-status': 'starting', ready: false })], BUSY), 5);
    look(seen([failing], BUSY), 5);
    expect(run().outcome).toBe('running');
    look(seen([failing], BUSY), 30);
    expect(run()).toMatchObject({ outcome: 'failed', 'error-message': 'web-1 cannot be made anew: no such image' });
  });

  it('is cancelled when the instance is not to run any more', async () => {
    const { look, run } = await watched();
    look(seen([]));
    expect(run().outcome).toBe('running');
    look(seen([]), 31);
    expect(run()).toMatchObject({ outcome: 'cancelled', reason: 'web-1 is not to run any more' });
  });

  it('fails when it is not ready in time', async () => {
    const { look, run } = await watched();
    look(seen([anew({ ready: false })]));
    look(seen([anew({ ready: false, progress: 'has to become ready' })]), 601);
    expect(run()).toMatchObject({
      outcome: 'failed',
      'error-message': 'web-1 was not ready within 10m: has to become ready',
    });
  });

  it('that was lost with a daemon before the host knew of it is closed as what it is', async () => {
    const { look, run } = await watched();
    look(seen([instance('web-1')]));
    look(seen([instance('web-1')], BUSY), 25);
    look(seen([instance('web-1')]), 25);
    expect(run().outcome).toBe('running');
    look(seen([instance('web-1')]), 30);
    expect(run()).toMatchObject({
      outcome: 'failed',
      'error-message': 'web-1 was not made anew: the restart was lost before it was noted on the host',
    });
  });

  it('that a former daemon began ends as it is seen to have ended', async () => {
    const former = runsOf();
    await createRestartAction({ ask: () => 'accepted', runs: former, audit: auditOf(), dryRun: false })(REQUEST);
    const runs = runsOf(former.open());
    createRestartWatch({ runs, now: () => 0 }).look(seen([anew()]));
    expect(runs.list()).toMatchObject([{ outcome: 'succeeded' }]);
  });
});

describe('a restart that is refused', () => {
  it.each(['not-placed', 'under-way'] as const)('because it is %s is no run', async (answer) => {
    const runs = runsOf();
    const restart = createRestartAction({ ask: () => answer, runs, audit: auditOf(), dryRun: false });
    expect(await restart(REQUEST)).toEqual({ kind: answer });
    expect(runs.list()).toEqual([]);
  });

  it('leaves nothing in the audit trail, one that is accepted who asked for it', async () => {
    const audit = auditOf();
    const answers = ['not-placed', 'accepted'] as const;
    for (const answer of answers)
      await createRestartAction({ ask: () => answer, runs: runsOf(), audit, dryRun: false })(REQUEST);
    expect(audit.list()).toMatchObject([
      {
        action: 'restart',
        ...{ principal: { name: 'jane' }, address: '192.0.2.17' },
        ...{ site: 'local', tenant: 'acme', application: 'shop', 'service-instance': 'web-1' },
        run: expect.stringMatching(/^1970/) as unknown,
        reason: 'accepted; the run tells what came of it',
      },
    ]);
  });

  it('by a daemon that only looks is not even asked for', async () => {
    const asked: string[] = [];
    const ask = (name: string) => {
      asked.push(name);
      return 'accepted' as const;
    };
    const restart = createRestartAction({ ask, runs: runsOf(), audit: auditOf(), dryRun: true });
    expect(await restart(REQUEST)).toEqual({ kind: 'dry-run' });
    expect(asked).toEqual([]);
  });
});
