import { describe, expect, it } from 'vitest';
import { createEventRing, type GrowingEventRing } from '../../src/journal/event-ring.ts';
import type { EventDocument } from '../../src/status/event-document.ts';

const START = Date.parse('2026-01-02T03:04:05.678Z');

function ringOf(count: number, { capacity = 5, now = () => START } = {}): GrowingEventRing {
  const ring = createEventRing({ capacity, now });
  for (let i = 1; i <= count; i += 1) ring.add({ type: 'converged', message: `event ${i}` }, 'local');
  return ring;
}

function kept(ring: GrowingEventRing): readonly EventDocument[] {
  const events: EventDocument[] = [];
  for (let position = ring.oldest(); position < ring.end(); position += 1) events.push(ring.at(position)!);
  return events;
}

const messages = (ring: GrowingEventRing) => kept(ring).map(({ message }) => message);

describe('the ring of events', () => {
  it('keeps the newest, in their order', () => {
    expect(messages(ringOf(3))).toEqual(['event 1', 'event 2', 'event 3']);
    expect(messages(ringOf(12))).toEqual(['event 8', 'event 9', 'event 10', 'event 11', 'event 12']);
  });

  it('holds nothing where nothing is kept', () => {
    const ring = ringOf(12);
    expect([ring.at(ring.oldest() - 1), ring.at(ring.end())]).toEqual([undefined, undefined]);
  });

  it('gives ids that grow though the clock stands still or goes back', () => {
    let time = START;
    const ring = ringOf(2, { now: () => time });
    time -= 60_000;
    ring.add({ type: 'converged', message: 'earlier' }, 'local');
    const ids = kept(ring).map(({ id }) => Number(id));
    expect(ids).toEqual([START * 1000, START * 1000 + 1, START * 1000 + 2]);
  });

  it('gives greater ids than an earlier daemon, whose events it goes on to keep', () => {
    const earlier = kept(ringOf(3, { now: () => START + 3_600_000 }));
    const ring = createEventRing({ capacity: 3, now: () => START, earlier });
    ring.add({ type: 'converged', message: 'event 4' }, 'local');
    expect(messages(ring)).toEqual(['event 2', 'event 3', 'event 4']);
    expect(Number(ring.at(ring.end() - 1)!.id)).toBeGreaterThan(Number(earlier.at(-1)!.id));
  });

  it('gives greater ids than an earlier daemon of which nothing is left', () => {
    const last = kept(ringOf(500, { capacity: 500 })).at(-1)!;
    const [first] = kept(ringOf(1, { now: () => START + 1 }));
    expect(Number(first!.id)).toBeGreaterThan(Number(last.id));
  });

  it('goes on after an event that is kept, or was the last to go', () => {
    const ring = ringOf(5);
    const ids = kept(ring).map(({ id }) => id);
    expect(ring.resume(ids[1]!)).toEqual({ position: 2, gap: false });
    expect(ring.resume(ids[4]!)).toEqual({ position: 5, gap: false });
    ring.add({ type: 'converged', message: 'event 6' }, 'local');
    expect(ring.resume(ids[0]!)).toEqual({ position: 1, gap: false });
  });

  it('goes on after an event that a crash took from the files', () => {
    const ring = ringOf(2);
    expect(ring.resume(String((START + 1) * 1000))).toEqual({ position: 2, gap: false });
  });

  it.each(['1', '', 'no id', '99999999999999999999'])('knows a gap after an event it does not know: %j', (id) => {
    expect(ringOf(12).resume(id)).toEqual({ position: 7, gap: true });
    expect(ringOf(0).resume(id)).toEqual({ position: 0, gap: true });
  });

  it('cuts what quotes a whole log', () => {
    const ring = ringOf(0);
    ring.add({ type: 'step-failed', message: 'x'.repeat(100_000) }, 'local');
    expect(ring.at(0)!.message).toMatch(/^x{4000}…$/);
  });

  it('tells whoever listens, until he does not any more', () => {
    const ring = ringOf(0);
    let told = 0;
    const unsubscribe = ring.subscribe(() => (told += 1));
    ring.add({ type: 'converged', message: 'one' }, 'local');
    unsubscribe();
    ring.add({ type: 'converged', message: 'two' }, 'local');
    expect(told).toBe(1);
  });

  it('has the keys of an event in the order they are read, and none that does not apply', () => {
    const ring = ringOf(0);
    ring.add(
      {
        ...{ message: 'running', container: 'nginx', 'service-instance': 'web-1', application: 'shop', tenant: 'acme' },
        ...{ host: 'local', revision: 'r1', type: 'container-status' },
      },
      'here',
    );
    ring.add({ type: 'converged', message: 'converged' }, 'here');
    expect(kept(ring).map((event) => Object.keys(event).join())).toEqual([
      'id,time,type,site,host,tenant,application,service-instance,container,message,revision',
      'id,time,type,site,message',
    ]);
  });
});
