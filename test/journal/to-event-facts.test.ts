import { describe, expect, it } from 'vitest';
import type { FairleadEvent } from '../../src/events.ts';
import { toEventFacts } from '../../src/journal/to-event-facts.ts';
import type { DesiredContainer } from '../../src/model/desired.ts';
import type { Step } from '../../src/model/plan.ts';
import { desire, application, container, service } from '../builders.ts';
import { stopStep } from '../api/snapshot-builders.ts';

const host = 'local';
const STOP = stopStep('acme.shop.web-1.nginx', { reason: 'version 1.0 → 2.0' });

function done(step: Step) {
  return toEventFacts({ kind: 'step-done', host, step, ms: 3 });
}

describe('an event of the API', () => {
  it('tells a step in the words of the plan, and where', () => {
    expect(done(STOP)).toEqual({
      type: 'step-done',
      ...{ host, tenant: 'acme', application: 'shop', 'service-instance': 'web-1', container: 'nginx' },
      message: 'stop container acme.shop.web-1.nginx: version 1.0 → 2.0',
    });
  });

  it('tells why a step failed, and how often it was tried', () => {
    const failed = { kind: 'step-failed', host, step: STOP, error: 'no such container', ms: 1 } as const;
    const messages = [1, 3].map((tries) => toEventFacts({ ...failed, tries }).message);
    expect(messages).toEqual([
      'stop container acme.shop.web-1.nginx failed: no such container',
      'stop container acme.shop.web-1.nginx failed: no such container (try 3)',
    ]);
  });

  it('names a container by what it is called in its instance, and a sandbox not at all', () => {
    const shop = desire([application('shop', { services: [service('web', { containers: [container('main')] })] })]);
    const [instance] = shop.applications['acme.shop']!.instances;
    const create = (made: DesiredContainer) =>
      done({ ...STOP, action: { kind: 'create-container', container: made, labels: {} } });
    expect(create(instance!.sandbox)).not.toHaveProperty('container');
    expect(create(instance!.containers[0]!)).toHaveProperty('container', 'main');
    expect(
      done({ ...STOP, action: { kind: 'start-container', name: 'acme.shop.web-1', prepare: [] } }),
    ).not.toHaveProperty('container');
  });

  it('of a network is the application’s, of an image that several need nobody’s', () => {
    expect(done({ ...STOP, target: 'acme.shop' })).toMatchObject({ tenant: 'acme', application: 'shop' });
    expect(done({ ...STOP, target: 'acme.shop' })).not.toHaveProperty('service-instance');
    const image = done({ ...STOP, target: 'nginx:1', application: '' });
    expect([image.tenant, image.application]).toEqual([undefined, undefined]);
  });

  it.each<[FairleadEvent, object]>([
    [
      { kind: 'revision-fetched', revision: 'r2', forced: false, problems: 0 },
      { type: 'revision-fetched', message: 'revision fetched: r2', revision: 'r2' },
    ],
    [
      { kind: 'revision-fetched', revision: 'r2', forced: true, problems: 1 },
      { message: 'revision fetched: r2, history was rewritten, 1 problem' },
    ],
    [
      { kind: 'revision-refused', revision: 'r3', error: 'no signature' },
      { type: 'revision-refused', message: 'revision refused: no signature', revision: 'r3' },
    ],
    [
      { kind: 'repository-failed', error: 'not found', retryInMs: 5 },
      { message: 'repository cannot be read: not found' },
    ],
    [{ kind: 'history-failed', error: 'broken off' }, { message: 'history cannot be read: broken off' }],
    [
      { kind: 'host-up', host, engine: 'Docker 20' },
      { host, message: 'host up: Docker 20' },
    ],
    [
      { kind: 'host-down', host, error: 'refused' },
      { host, message: 'host down: refused' },
    ],
    [
      { kind: 'lease-acquired', host },
      { host, message: 'lease acquired' },
    ],
    [
      { kind: 'lease-awaited', host, holder: 'b pid 7' },
      { message: 'another daemon of this owner acts here, waiting: b pid 7' },
    ],
    [
      { kind: 'space-low', host, freeBytes: 9e8, totalBytes: 253e9 },
      { type: 'space-low', message: 'disk space low: 900MB of 253GB are free' },
    ],
    [
      { kind: 'converged', host, revision: 'r2' },
      { host, message: 'converged: r2', revision: 'r2' },
    ],
    [
      { kind: 'removal-held', host, application: 'acme.shop', reason: 'too many' },
      { host, tenant: 'acme', application: 'shop', message: 'removal held: too many' },
    ],
  ])('says %j', (event, facts) => {
    expect(toEventFacts(event)).toMatchObject(facts);
  });

  it('tells upgrades by their transitions', () => {
    const upgrade = {
      kind: 'upgrade',
      host,
      application: 'acme.shop',
      from: ['1.0', '1.1'],
      to: '2.0',
      batches: 4,
    } as const;
    const told = [
      toEventFacts({ ...upgrade, transition: 'batch', batch: 2, reason: '' }),
      toEventFacts({ ...upgrade, transition: 'aborted', batch: 0, reason: 'web-1 ended' }),
    ];
    expect(told).toMatchObject([
      { type: 'upgrade-batch', message: 'upgrade batch begun: version 1.0 and 1.1 → 2.0, batch 2 of 4' },
      { type: 'upgrade-aborted', message: 'upgrade aborted: version 1.0 and 1.1 → 2.0: web-1 ended', tenant: 'acme' },
    ]);
  });
});
