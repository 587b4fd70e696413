import { describe, expect, it } from 'vitest';
import { FAILED_LOGINS as FAILURES } from '../../../src/api/access/open-access.ts';
import { createRateLimit } from '../../../src/api/access/rate-limit.ts';
import { createLane } from '../../../src/api/access/lane.ts';
import { formatSessions, parseSessions, type Session } from '../../../src/api/access/session-records.ts';
import { createSessions, MOST_SESSIONS } from '../../../src/api/access/sessions.ts';

describe('failed logins', () => {
  function counted() {
    let time = 0;
    const failures = createRateLimit(() => time, FAILURES);
    const fail = (address: string, times = 1) => {
      const waits = Array.from({ length: times }, () => failures.begin(address)?.waitMs);
      return waits.at(-1);
    };
    return { fail, succeed: (address: string) => failures.succeed(address), pass: (ms: number) => void (time += ms) };
  }

  it('are those of one address, or of the IPv6 network around it', () => {
    const { fail } = counted();
    expect(fail('192.0.2.1', 11)).toBe(FAILURES.refillMs);
    expect(fail('::ffff:192.0.2.1')).toBe(FAILURES.refillMs);
    expect(fail('192.0.2.2')).toBeUndefined();
    fail('2001:db8:1:2::1', 10);
    for (const neighbour of ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::', '2001:db8:1:2:ffff::9'])
      expect(fail(neighbour), neighbour).toBe(FAILURES.refillMs);
    for (const stranger of ['2001:db8:1:3::1', '2001:db8::1', '::1']) expect(fail(stranger), stranger).toBeUndefined();
  });

  it('are forgotten one by one, also while others are tried', () => {
    const { fail, pass } = counted();
    fail('192.0.2.1', 10);
    pass(FAILURES.refillMs / 2);
    expect(fail('192.0.2.1')).toBe(FAILURES.refillMs / 2);
    pass(FAILURES.refillMs / 2);
    expect(fail('192.0.2.1')).toBeUndefined();
    expect(fail('192.0.2.1')).toBe(FAILURES.refillMs);
    pass(FAILURES.refillMs * 100);
    expect(fail('192.0.2.1', 10)).toBeUndefined();
    expect(fail('192.0.2.1')).toBe(FAILURES.refillMs);
  });

  it('that are too many are told once, and again after another try', () => {
    let time = 0;
    const failures = createRateLimit(() => time, FAILURES);
    const begin = (address: string) => failures.begin(address);
    for (let i = 0; i < FAILURES.atOnce; i += 1) begin('a');
    expect([begin('a')?.isNew, begin('a')?.isNew]).toEqual([true, false]);
    time += FAILURES.refillMs;
    expect([begin('a'), begin('a')?.isNew, begin('a')?.isNew]).toEqual([undefined, true, false]);
  });

  it('are known of 10,000 addresses, the latest ones', () => {
    const { fail } = counted();
    fail('192.0.2.1', 10);
    for (let i = 0; i < 9_999; i += 1) fail(`address ${i}`);
    expect(fail('192.0.2.1')).toBe(FAILURES.refillMs);
    fail('one more');
    expect(fail('192.0.2.1')).toBeUndefined();
  });
});

describe('a lane', () => {
  it('lets some run, some wait and turns the others away', async () => {
    const lane = createLane({ atOnce: 2, waiting: 1 });
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const work = (number: number) =>
      lane(() => {
        begun.push(number);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const [first, second, third, fourth] = [work(1), work(2), work(3), work(4)];
    expect(fourth).toBeUndefined();
    await Promise.resolve();
    expect(begun).toEqual([1, 2]);
    ends[1]?.();
    await second;
    await Promise.resolve();
    expect(begun).toEqual([1, 2, 3]);
    for (const end of ends) end();
    await Promise.all([first, third]);
  });

  it('goes on after a failure', async () => {
    const lane = createLane({ atOnce: 1, waiting: 1 });
    const failing = lane(() => Promise.reject(new Error('broken')));
    const next = lane(() => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });
});

describe('sessions', () => {
  const entry = (name: string) => ({ kind: 'approle', name, stamp: 'stamp' }) as const;

  function opened(options: { write?: (text: string) => Promise<void>; initial?: readonly Session[] } = {}) {
    const written: string[] = [];
    const problems: string[] = [];
    const sessions = createSessions({
      initial: options.initial ?? [],
      lifetimeMs: 1000,
      now: () => 0,
      write: options.write ?? (async (text) => void written.push(text)),
      onProblem: (message) => void problems.push(message),
    });
    return { sessions, written, problems };
  }

  it('of one entry push out its own oldest ones, never those of others', async () => {
    const { sessions } = opened();
    const other = await sessions.open(entry('other'));
    const first = await sessions.open(entry('till'));
    const last = await Promise.all(Array.from({ length: MOST_SESSIONS.ofOne }, () => sessions.open(entry('till'))));
    expect(sessions.find(first.token)).toBeUndefined();
    expect(sessions.find(other.token)).toBeDefined();
    expect(last.every(({ token }) => sessions.find(token) !== undefined)).toBe(true);
  });

  it('are not more than a number all together', async () => {
    const initial = Array.from({ length: MOST_SESSIONS.together }, (_, i) => ({
      ...({ tokenHash: `hash ${i}`, kind: 'user', name: `user ${i}`, stamp: 'stamp', created: 0, expires: 1 } as const),
    }));
    const { sessions, written } = opened({ initial });
    await sessions.open(entry('till'));
    const kept = parseSessions(written.at(-1) ?? '');
    expect(kept).toHaveLength(MOST_SESSIONS.together);
    expect(kept?.[0]?.tokenHash).toBe('hash 1');
  });

  it('are written together when many are opened at once', async () => {
    const { sessions, written } = opened();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => sessions.open(entry('till'))));
    expect(written.length).toBeLessThanOrEqual(2);
    expect(parseSessions(written.at(-1) ?? '')).toHaveLength(tokens.length);
  });

  it('are good without being kept, which is told once until they can be', async () => {
    let isFull = true;
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const { sessions, problems } = opened({ write: () => (isFull ? Promise.reject(full) : Promise.resolve()) });
    const { token } = await sessions.open(entry('till'));
    await sessions.open(entry('till'));
    expect(sessions.find(token)).toBeDefined();
    expect(problems).toEqual(['sessions cannot be kept, they end with the daemon: ENOSPC']);
    isFull = false;
    await sessions.open(entry('till'));
    isFull = true;
    await sessions.open(entry('till'));
    expect(problems).toHaveLength(2);
  });

  it('are read back as they were written, and odd ones left out', () => {
    const session = { tokenHash: 'a', kind: 'user', name: 'ann', stamp: 's', created: 1, expires: 2 } as const;
    expect(parseSessions(formatSessions([session]))).toEqual([session]);
    const odd = [null, 7, {}, { ...session, kind: 'root' }, { ...session, expires: '2' }, { ...session, name: 1 }];
    expect(parseSessions(JSON.stringify({ format: 1, sessions: [...odd, session] }))).toEqual([session]);
    for (const text of ['', '{', 'null', '[]', '{"format":2,"sessions":[]}', '{"format":1}'])
      expect(parseSessions(text), text).toBeUndefined();
  });
});
