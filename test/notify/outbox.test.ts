import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutbox, DeliveryError, type Outgoing } from '../../src/notify/outbox.ts';
import { eventually } from '../eventually.ts';

interface Item extends Outgoing {
  readonly text: string;
}

/** @param send undefined is a success */
function open(send: (target: string, item: Item) => Promise<DeliveryError | undefined>) {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const sent: string[] = [];
  const ends: string[] = [];
  const troubles: string[] = [];
  const pauses: number[] = [];
  let now = 0;
  const outbox = createOutbox<Item>({
    async send(target, item) {
      sent.push(`${target} ${item.text}`);
      const error = await send(target, item);
      if (error !== undefined) throw error;
    },
    onEnd: (target, { text }, { outcome }) => void ends.push(`${target} ${text} ${outcome}`),
    onTrouble: (target, reason) => void troubles.push(`${target} ${reason}`),
    now: () => now,
    // Time goes by at once.
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
      await new Promise(setImmediate);
    },
    signal: stopping.signal,
  });
  const put = (target: string, key: string, text = key) => outbox.put(target, { key, text, at: now });
  return { ...outbox, put, sent, ends, troubles, pauses, stop: () => stopping.abort() };
}

const never = () => new Promise<undefined>(() => undefined);

describe('the outbox', () => {
  it('hands over in order', async () => {
    const box = open(() => Promise.resolve(undefined));
    for (const key of ['a', 'b', 'c']) box.put('ops', key);
    await eventually(() => expect(box.ends).toEqual(['ops a delivered', 'ops b delivered', 'ops c delivered']));
    expect(box.waiting()).toEqual({ ops: [] });
  });

  it('does not keep one target waiting for another', async () => {
    const box = open((target) => (target === 'dead' ? never() : Promise.resolve(undefined)));
    box.put('dead', 'a');
    box.put('ops', 'a');
    await eventually(() => expect(box.ends).toEqual(['ops a delivered']));
    expect(box.waiting()).toMatchObject({ dead: [{ key: 'a' }] });
  });

  it('tries again after 1 s, 2 s, 4 s up to five minutes, says so once, and gives up after an hour', async () => {
    const box = open(() => Promise.resolve(new DeliveryError('down', 1)));
    box.put('ops', 'a');
    await eventually(() => expect(box.ends).toEqual(['ops a given-up']));
    expect(box.pauses.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((s) => s * 1000));
    expect(box.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(3_600_000 + 300_001);
    expect(box.troubles).toEqual(['ops down']);
  });

  it('waits as long as the other side says, but not for ever', async () => {
    const answers = [new DeliveryError('slow down', 7_000), new DeliveryError('slow down', 1e12), undefined];
    const box = open(() => Promise.resolve(answers.shift()));
    box.put('ops', 'a');
    await eventually(() => expect(box.ends).toHaveLength(1));
    expect(box.pauses).toEqual([7_000, 3_600_000]);
  });

  it('gives up at a refusal for good and goes on with the next', async () => {
    const box = open((_, { key }) =>
      Promise.resolve(key === 'a' ? new DeliveryError('no such thing', undefined) : undefined),
    );
    box.put('ops', 'a');
    box.put('ops', 'b');
    await eventually(() => expect(box.ends).toEqual(['ops a given-up', 'ops b delivered']));
    expect(box.pauses).toEqual([]);
  });

  it('sends the newest of a key, also where one is on its way', async () => {
    const isSent: (() => void)[] = [];
    const box = open(() => new Promise((resolve) => void isSent.push(() => resolve(undefined))));
    box.put('ops', 'a', 'first');
    await eventually(() => expect(box.sent).toEqual(['ops first']));
    box.put('ops', 'a', 'second');
    box.put('ops', 'a', 'third');
    isSent[0]!();
    await eventually(() => expect(box.sent).toEqual(['ops first', 'ops third']));
  });

  it('keeps a hundred, and drops the oldest', async () => {
    const box = open(never);
    for (let n = 0; n < 103; n += 1) box.put('ops', `k${n}`);
    expect(box.ends).toEqual(['ops k0 dropped', 'ops k1 dropped', 'ops k2 dropped']);
    expect(box.waiting()['ops']).toHaveLength(100);
  });

  it('ends with the daemon, and still knows what waits', async () => {
    const box = open(() => {
      if (box.sent.length === 2) box.stop();
      return Promise.resolve(new DeliveryError('down', 1));
    });
    box.put('ops', 'a');
    await box.ended();
    expect(box.sent).toHaveLength(2);
    expect(box.waiting()).toMatchObject({ ops: [{ key: 'a' }] });
  });
});
