import { describe, expect, it } from 'vitest';
import type { ObservedHost } from '../../src/model/observed.ts';
import { UNTRIED, type HostView } from '../../src/reconcile/host-loop.ts';
import { UNREAD } from '../../src/reconcile/repository-loop.ts';
import { createSummarizer, type Views } from '../../src/reconcile/summarize.ts';
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

function views(host: Partial<HostView> = {}): Views {
  return {
    repository: { ...UNREAD, catalog: VIEWED },
    host: { ...UNTRIED, host: 'local', desired: DESIRED, observed: OBSERVED, ...host },
    site: 'sergel',
    siteLabels: LABELS,
    now: 1_000_000,
  };
}
const VIEWED = resolved(SPECS);
const LABELS = { 'system/name': 'sergel' };

describe('a snapshot', () => {
  it('calls site and host as the site says', () => {
    const { site, hosts, applications } = createSummarizer()(views());
    expect(site).toBe('sergel');
    expect(hosts).toMatchObject([{ 'cluster-hostname': 'edge-1' }]);
    expect(applications.get('acme.shop')?.state['service-instances']).toMatchObject([{ host: 'edge-1' }]);
  });

  it('calls the host as it was started with before a repository was read', () => {
    const { hosts } = createSummarizer()(views({ desired: undefined, observed: undefined }));
    expect(hosts).toMatchObject([{ 'cluster-hostname': 'local', 'local-volumes': [] }]);
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

  it('tells of a pull as soon as it is known', () => {
    const summarize = createSummarizer();
    summarize(views());
    const pulled = summarize(views({ pulls: new Map([[IMAGE, { at: 0, ms: 850 }]]) }));
    expect(pulled.applications.get('acme.shop')?.state.services).toMatchObject([
      { containers: [{ 'image-status': { 'pull-time': '850ms' } }] },
    ]);
  });
});
