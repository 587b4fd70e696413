import { describe, expect, it } from 'vitest';
import { UNPROBED, UNSEEN, type ObservedContainer } from '../../src/model/observed.ts';
import { seen, seenHealth } from '../../src/health/sight.ts';
import { application, desire, observedContainer } from '../builders.ts';

const shop = desire([application('shop')]).applications['acme.shop']!;
const [instance] = shop.instances;
const container = (fields: Partial<ObservedContainer> = {}) =>
  observedContainer(shop, instance!, instance!.containers[0]!, fields);
const ready = { ...UNPROBED, readiness: 'success' } as const;
const unready = { ...UNPROBED, readiness: 'failure' } as const;

describe('what a daemon has seen of a container', () => {
  it('counts from when this daemon saw it, not from when the engine says it began', () => {
    expect(seen(container({ startedAt: 1 }), undefined, 5000).sight.running).toBe(5000);
  });

  it('goes on as long as the life does, and begins anew with the next', () => {
    const first = seen(container(), undefined, 5000);
    expect(seen(container(), first, 6000).sight.running).toBe(5000);
    expect(seen(container({ startedAt: 5500 }), first, 6000).sight.running).toBe(6000);
    expect(seen(container({ status: 'paused' }), first, 6000).sight).toEqual(UNSEEN);
  });

  it('is ready since its probe succeeded, anew after each interruption', () => {
    const running = seen(container(), undefined, 1000);
    const once = seenHealth(running, ready, 2000);
    expect(once.sight).toMatchObject({ ready: 2000, lostReadiness: false });
    expect(seenHealth(once, ready, 3000).sight.ready).toBe(2000);
    const lost = seenHealth(once, unready, 3000);
    expect(lost.sight).toMatchObject({ ready: 0, lostReadiness: true });
    expect(seenHealth(lost, ready, 4000).sight).toMatchObject({ ready: 4000, lostReadiness: false });
  });

  it('has lost nothing while it has not been ready yet', () => {
    const running = seen(container(), undefined, 1000);
    expect(seenHealth(running, unready, 2000).sight.lostReadiness).toBe(false);
  });
});
