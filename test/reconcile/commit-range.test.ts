import { describe, expect, it } from 'vitest';
import type { Commit } from '../../src/git/port.ts';
import { commitsBetween } from '../../src/reconcile/commit-range.ts';

const HOUR = 3_600_000;

/** Commits as `name: [hours, parents]`; a name ending in `!` is where a shallow history ends. */
async function between(base: string, head: string, graph: Record<string, readonly [number, string]>) {
  const commits = new Map<string, Commit>();
  for (const [name, [hours, parents]] of Object.entries(graph)) {
    const shallow = name.endsWith('!');
    const oid = name.replace('!', '');
    const time = (1000 + hours) * HOUR;
    commits.set(oid, { oid, parents: parents.split(''), shallow, time, message: '' });
  }
  const read: string[] = [];
  const found = await commitsBetween(base, head, {
    read: (oid) => (read.push(oid), Promise.resolve(commits.get(oid))),
    async *firstParents() {},
  });
  return { found: found?.map(({ oid }) => oid).sort(), read };
}

describe('the commits between a base and a head', () => {
  it('are those of every parent that the base does not descend from', async () => {
    const graph = { a: [1, ''], b: [2, 'a'], c: [3, 'b'], s: [3, 'a'], t: [4, 's'], m: [5, 'ct'] } as const;
    expect((await between('b', 'm', graph)).found).toEqual(['c', 'm', 's', 't']);
    expect((await between('m', 'm', graph)).found).toEqual([]);
  });

  it('do not hold a commit of the base whose clock ran ahead', async () => {
    const graph = { x: [9, ''], b: [2, 'x'], s: [10, 'x'], m: [11, 'bs'] } as const;
    expect((await between('b', 'm', graph)).found).toEqual(['m', 's']);
  });

  it('do not hold one that is found to be of the base only behind commits whose clocks ran late, by less than a day', async () => {
    const graph = { x: [9, ''], y: [1, 'x'], b: [2, 'y'], s: [10, 'x'], m: [11, 'bs'] } as const;
    expect((await between('b', 'm', graph)).found).toEqual(['m', 's']);
  });

  it('are found without reading history that is older than both', async () => {
    const graph = { a: [0, ''], b: [100, 'a'], c: [200, 'b'], d: [300, 'c'] } as const;
    expect(await between('c', 'd', graph)).toEqual({ found: ['d'], read: ['c', 'd'] });
  });

  it('cannot be told when the history of the base is not here', async () => {
    const graph = { 'b!': [2, ''], s: [1, 'r'], r: [0, ''], m: [3, 'bs'] } as const;
    expect((await between('b', 'm', graph)).found).toBeUndefined();
  });

  it('are told in time however many merges there are', async () => {
    const graph: Record<string, [number, string]> = { A: [0, ''] };
    for (let n = 1; n < 40; n += 1) {
      const [now, before] = [String.fromCharCode(65 + n), String.fromCharCode(64 + n)];
      graph[now] = [n, n === 1 ? before : `${before}${String.fromCharCode(63 + n)}`];
    }
    const { found, read } = await between('A', String.fromCharCode(104), graph);
    expect(found).toHaveLength(39);
    expect(read.length).toBeLessThanOrEqual(41);
  });
});
