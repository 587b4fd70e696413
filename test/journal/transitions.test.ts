import { describe, expect, it } from 'vitest';
import { transitions } from '../../src/journal/transitions.ts';
import type { DeploymentEntry } from '../../src/store/store.ts';
import { application, deployment, instance, snapshot } from '../api/snapshot-builders.ts';

const SHOP = application('acme.shop');
const BLOG = application('acme.blog');
const ERROR = { 'oper-status': 'error', 'error-message': 'web-1: no such image' } as const;

function withStatus(entry: DeploymentEntry, status: Partial<DeploymentEntry['state']['status']>): DeploymentEntry {
  return { ...entry, state: { ...entry.state, status: { ...entry.state.status, ...status } } };
}

describe('what is told between two snapshots', () => {
  it('looks into no application that is the same', () => {
    const unreadable = new Proxy(SHOP.state, {
      get: () => {
        throw new Error('it was looked into');
      },
    });
    const shop = { ...SHOP, state: unreadable };
    const blog = application('acme.blog', { state: ERROR });
    const found = transitions(snapshot({ applications: [shop, BLOG] }), snapshot({ applications: [shop, blog] }), 0);
    expect(found).toEqual([
      {
        type: 'application-status',
        tenant: 'acme',
        application: 'blog',
        message: 'running → error: web-1: no such image',
        revision: 'r1',
      },
    ]);
  });

  it('tells of applications that come and go', () => {
    const [without, withIt] = [snapshot({ applications: [SHOP] }), snapshot({ applications: [SHOP, BLOG] })];
    const words = (found: ReturnType<typeof transitions>) => found.map(({ application: of, message }) => [of, message]);
    expect(words(transitions(without, withIt, 0))).toEqual([
      ['blog', 'running'],
      ['blog', 'running'],
    ]);
    expect(words(transitions(withIt, without, 0))).toEqual([
      ['blog', 'gone'],
      ['blog', 'gone'],
    ]);
  });

  it('tells how deployments are, as events of their applications', () => {
    const deployed = deployment('acme.shop');
    const blocked = withStatus(deployed, { 'oper-status': 'blocked', 'error-message': 'outside its window' });
    const found = transitions(snapshot({ deployments: [deployed] }), snapshot({ deployments: [blocked] }), 0);
    expect(found).toMatchObject([
      {
        type: 'application-deployment-status',
        tenant: 'acme',
        application: 'shop',
        message: 'application deployment shop: deployed → blocked: outside its window',
      },
    ]);
  });

  it('names no revision before there is one', () => {
    const before = snapshot({ applications: [SHOP] });
    const repository = { ...before.repository, 'fetched-revision': '' };
    const after = {
      ...snapshot({
        applications: [SHOP, application('acme.new', { state: { 'service-instances': [instance('web-1')] } })],
      }),
      repository,
    };
    expect(transitions(before, after, 0).every((facts) => !('revision' in facts))).toBe(true);
  });
});
