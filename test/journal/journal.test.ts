import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import { createLatestViews } from '../../src/reconcile/latest-views.ts';
import { UNTRIED, type HostView } from '../../src/reconcile/host-loop.ts';
import { UNREAD } from '../../src/reconcile/repository-loop.ts';
import type { ObservedHost } from '../../src/model/observed.ts';
import { application, desire, IMAGE, observedApplication, resolved } from '../builders.ts';
import { application as shownApplication, plan, snapshot } from '../api/snapshot-builders.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'fairlead-journal-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
});

async function open(): Promise<Journal> {
  const journal = await openJournal({
    stateDir,
    now: () => Date.now(),
    onProblem: (what, problem) => {
      throw new Error(`${what}: ${problem}`);
    },
  });
  onTestFinished(() => journal.close());
  return journal;
}

function told({ events }: Journal): readonly string[] {
  return Array.from({ length: events.end() - events.oldest() }, (_, i) => {
    const { type, message } = events.at(events.oldest() + i)!;
    return `${type}: ${message}`;
  });
}

describe('the journal', () => {
  it('keeps events and runs over a restart', async () => {
    const before = await open();
    before.tell({ kind: 'host-up', host: 'local', engine: 'Docker 20' }, snapshot({ site: 'sergel' }));
    const run = await before.runs.begin({ kind: 'restart', trigger: 'api', tenant: 'acme' });
    await before.close();
    const after = await open();
    expect(after.events.at(after.events.oldest())).toEqual(before.events.at(0));
    expect(after.events.at(0)).toMatchObject({ type: 'host-up', site: 'sergel', host: 'local', revision: 'r1' });
    expect(after.runs.list()).toEqual([run]);
    expect((await readdir(stateDir)).sort()).toEqual(['events', 'runs']);
  });

  it('says of an event the revision it is about rather than the one in force', async () => {
    const journal = await open();
    journal.tell({ kind: 'revision-fetched', revision: 'r2', forced: false, problems: 0 }, snapshot());
    expect(journal.events.at(0)).toMatchObject({ revision: 'r2' });
  });

  it('ends the run of a restart as it sees its end', async () => {
    const journal = await open();
    const target = { tenant: 'acme', application: 'shop', 'service-instance': 'web-1' };
    await journal.runs.begin({ kind: 'restart', trigger: 'api', ...target }, ['id-of-the-old-one']);
    journal.see(undefined, snapshot({ applications: [shownApplication('acme.shop')], plan: plan() }));
    expect(journal.runs.list()).toMatchObject([{ outcome: 'succeeded' }]);
  });
});

describe('what is seen of a host', () => {
  const SPECS = [application('blog'), application('shop')];
  const desired = desire(SPECS);
  const catalog = resolved(SPECS);
  const blog = observedApplication(desired.applications['acme.blog']!);
  const shop = observedApplication(desired.applications['acme.shop']!);

  function view(applications: ObservedHost['applications'], fields: Partial<HostView> = {}): HostView {
    const images = [{ id: 'sha256:1', tags: [IMAGE], digests: [] }];
    const rest = { sharedNetworks: [], persistentVolumes: [], logs: [], markers: [], takenSubnets: [] };
    const observed: ObservedHost = { host: 'local', applications, images, ...rest };
    return { ...UNTRIED, host: 'local', desired, observed, plan: plan(), ...fields };
  }

  it('is no news to begin with, and what changes after that is', async () => {
    const journal = await open();
    const views = createLatestViews({
      site: { site: 'sergel', labels: { 'system/name': 'sergel' } },
      host: 'local',
      now: () => Date.now(),
      onSnapshot: (...snapshots) => journal.see(...snapshots),
    });
    const all = { 'acme.blog': blog, 'acme.shop': shop };
    views.showHost(view(all, { desired: undefined, plan: undefined }));
    views.showRepository({ ...UNREAD, catalog });
    views.showHost(view(all));
    expect(told(journal)).toEqual([]);
    views.showHost(view({ 'acme.blog': blog }));
    expect(told(journal)).toEqual([
      'container-status: running → starting',
      'service-instance-status: running → starting',
      'service-instance-unready: not ready',
      'application-status: running → starting',
      'application-deployment-status: application deployment shop: deployed → deploying',
    ]);
    expect(journal.events.at(3)).toMatchObject({ site: 'sergel', tenant: 'acme', application: 'shop' });
  });
});
