import { describe, expect, it } from 'vitest';
import type { DocumentInForce, ResolvedCatalog, VersionHistory } from '../../src/model/catalog.ts';
import type { ObservedHost } from '../../src/model/observed.ts';
import { UNTRIED, type HostView } from '../../src/reconcile/host-loop.ts';
import { UNREAD } from '../../src/reconcile/repository-loop.ts';
import { createSummarizer, type Views } from '../../src/reconcile/summarize.ts';
import type { UpgradeProgress } from '../../src/upgrade/decision.ts';
import { application, desire, IMAGE, observedApplication, resolved, siteHost } from '../builders.ts';

const SPECS = [application('blog'), application('shop')];
const DESIRED = desire(SPECS, { host: siteHost({ name: 'edge-1' }) });
const OBSERVED: ObservedHost = {
  host: 'local',
  applications: {
    'acme.blog': observedApplication(DESIRED.applications['acme.blog']!),
    'acme.shop': observedApplication(DESIRED.applications['acme.shop']!),
  },
  sharedNetworks: [],
  images: [{ id: 'sha256:1', tags: [IMAGE], digests: [] }],
  persistentVolumes: [],
  logs: [],
  markers: [],
  takenSubnets: [],
};

function views(host: Partial<HostView> = {}, catalog: ResolvedCatalog = VIEWED): Views {
  return {
    repository: { ...UNREAD, catalog },
    host: { ...UNTRIED, host: 'local', desired: DESIRED, observed: OBSERVED, ...host },
    site: 'sergel',
    siteLabels: LABELS,
    ages: { wantedSince: 0, outdatedSince: 0 },
    now: 1_000_000,
  };
}
const VIEWED = resolved(SPECS);
const LABELS = { 'system/name': 'sergel' };
const EARLIER = resolved([application('shop', { version: '0.9' })]).applications['acme.shop']!;

/** The shop at 1.0, its deployment of another version. */
function pinned(version: string, history: Partial<VersionHistory>): ResolvedCatalog {
  const deployment = VIEWED.deployments['acme.shop']!;
  const document = { ...deployment.document, spec: { ...deployment.document.spec, 'application-version': version } };
  const deployments = { ...VIEWED.deployments, 'acme.shop': { ...deployment, document } };
  return { ...VIEWED, deployments, history: { ...VIEWED.history, ...history } };
}

/** Nothing but this text of the shop. */
function running({ document }: DocumentInForce<'application'>): ObservedHost {
  const shop = desire([document.spec]).applications['acme.shop']!;
  return { ...OBSERVED, applications: { 'acme.shop': observedApplication(shop) } };
}

describe('a snapshot', () => {
  it('calls site and host as the site says', () => {
    const { site, hosts, applications } = createSummarizer()(views());
    expect(site).toBe('sergel');
    expect(hosts).toMatchObject([{ 'cluster-hostname': 'edge-1' }]);
    expect(applications.get('acme.shop')?.state['service-instances']).toMatchObject([{ host: 'edge-1' }]);
  });

  it('shows the text that a failed upgrade was taken back to, and the deployment where that is', () => {
    const upgrade: UpgradeProgress = {
      ...{
        state: 'rolled-back',
        from: ['1.0'],
        to: '0.9',
        method: 'per-service',
        batch: 0,
        batches: 0,
        done: 1,
        left: 0,
      },
      ...{ waitingFor: '', healthyAt: undefined, reason: 'it ended', waiting: [], proving: [] },
    };
    const applications = new Map([['acme.shop', { hash: '', upgrade, hold: undefined }]]);
    const history = { ...VIEWED.history, versions: { 'acme.shop': [EARLIER] } };
    const snapshot = createSummarizer()(views({ observed: running(EARLIER), applications }, { ...VIEWED, history }));
    expect(snapshot.applications.get('acme.shop')?.state).toMatchObject({ version: '0.9', 'oper-status': 'error' });
    expect(snapshot.applications.get('acme.shop')?.config?.version).toBe('1.0');
    expect(snapshot.deployments.get('acme.shop')?.state.status).toMatchObject({
      'oper-status': 'error',
      'application-versions': [{ version: '0.9', 'deployed-to': [{ site: 'sergel' }], 'deploying-to': [] }],
    });
  });

  it('tells when an application was changed: by the commit that history has of it, until then by the one it was first seen in', () => {
    const summarize = createSummarizer();
    const shownAt = (revisionTime: number, history: Partial<VersionHistory> = {}) => {
      const seen = views({}, { ...VIEWED, history: { ...VIEWED.history, isComplete: false, ...history } });
      const { applications } = summarize({ ...seen, repository: { ...seen.repository, revisionTime } });
      return Date.parse(applications.get('acme.shop')!.state['config-modified-time']);
    };
    expect(shownAt(7000)).toBe(7000);
    expect(shownAt(9000)).toBe(7000);
    expect(shownAt(9000, { changedAt: { 'acme.shop': 3000 }, isComplete: true })).toBe(3000);
    expect(shownAt(11_000, { changedAt: { 'acme.shop': 3000 } })).toBe(3000);
  });

  it('calls the host as it was started with before a repository was read', () => {
    const { hosts } = createSummarizer()(views({ desired: undefined, observed: undefined }));
    expect(hosts).toMatchObject([{ 'cluster-hostname': 'local', 'local-volumes': [] }]);
  });

  it('has what is in force itself, not a copy: changes are checked against it', () => {
    const snapshot = createSummarizer()(views());
    expect(snapshot.catalog).toBe(VIEWED);
    expect(createSummarizer()({ ...views(), repository: UNREAD }).catalog).toBeUndefined();
  });

  it('keeps the entry of an application nothing moved in', () => {
    const summarize = createSummarizer();
    const before = summarize(views());
    const shop = { ...OBSERVED.applications['acme.shop']! };
    const after = summarize(
      views({ observed: { ...OBSERVED, applications: { ...OBSERVED.applications, 'acme.shop': shop } } }),
    );
    expect(after.applications.get('acme.blog')).toBe(before.applications.get('acme.blog'));
    expect(after.applications.get('acme.shop')).not.toBe(before.applications.get('acme.shop'));
  });

  it('shows the state of the version that is pinned, and the configuration of the newest', () => {
    const { applications } = createSummarizer()(views({}, pinned('0.9', { versions: { 'acme.shop': [EARLIER] } })));
    const shop = applications.get('acme.shop')!;
    expect(shop.state).toMatchObject({ version: '0.9', 'application-deployment': 'shop' });
    expect(shop.config).toMatchObject({ version: '1.0' });
    expect(shop.versions.map(({ config }) => config.version)).toEqual(['1.0', '0.9']);
  });

  it('shows what runs while the pinned version is not known, which is an error once it cannot be found', () => {
    const [desired, observed] = [{ ...DESIRED, applications: {} }, running(EARLIER)];
    const known = { versions: { 'acme.shop': [EARLIER] } };
    const waiting = createSummarizer()(views({ desired, observed }, pinned('0.8', { ...known, isComplete: false })));
    expect(waiting.applications.get('acme.shop')!.state).toMatchObject({
      version: '0.9',
      'oper-status': 'running',
      'error-message': expect.stringContaining('still looked for') as string,
    });
    expect(waiting.deployments.get('acme.shop')!.state.status).toMatchObject({
      'oper-status': 'deploying',
      'error-message': expect.stringContaining('still looked for') as string,
      'application-versions': [{ version: '0.9' }, { version: '0.8', 'deploying-to': [{ site: 'sergel' }] }],
    });
    expect(waiting.repository['history-complete']).toBe(false);
    expect(waiting.applications.get('acme.shop')!.standing).toBe('awaited');
    const lost = createSummarizer()(views({ desired, observed }, pinned('0.8', known)));
    expect(lost.applications.get('acme.shop')!.state).toMatchObject({ version: '0.9', 'oper-status': 'error' });
    expect(lost.deployments.get('acme.shop')!.state.status).toMatchObject({
      'oper-status': 'error',
      'error-message': 'deployment shop wants version 0.8 of application shop, which has 1.0, 0.9',
      'application-versions': [{ version: '0.9' }],
    });
    expect(lost.repository['history-complete']).toBe(true);
    expect(lost.applications.get('acme.shop')!.standing).toBe('blocked');
  });

  it('that waits for a version nothing runs of is of one that starts', () => {
    const [desired, observed] = [
      { ...DESIRED, applications: {} },
      { ...OBSERVED, applications: {} },
    ];
    const { applications } = createSummarizer()(views({ desired, observed }, pinned('0.8', { isComplete: false })));
    expect(applications.get('acme.shop')!.state).toMatchObject({ 'oper-status': 'starting', 'service-instances': [] });
  });

  it('has a new entry for an application of which another version was found', () => {
    const summarize = createSummarizer();
    const before = summarize(views());
    const history = { ...VIEWED.history, versions: { 'acme.shop': [EARLIER] } };
    const after = summarize(views({}, { ...VIEWED, history }));
    expect(after.applications.get('acme.shop')).not.toBe(before.applications.get('acme.shop'));
    expect(after.applications.get('acme.blog')).toBe(before.applications.get('acme.blog'));
  });

  it('tells of a pull as soon as it is known', () => {
    const summarize = createSummarizer();
    summarize(views());
    const pulled = summarize(views({ pulls: new Map([[IMAGE, { at: 0, ms: 850 }]]) }));
    expect(pulled.applications.get('acme.shop')?.state.services).toMatchObject([
      { containers: [{ 'image-status': { 'pull-time': '850ms' } }] },
    ]);
  });
});
