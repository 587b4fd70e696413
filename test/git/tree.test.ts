import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { compareFolders } from '../../src/git/compare-folders.ts';
import { createLru } from '../../src/git/lru.ts';
import type { ObjectStore } from '../../src/git/object-store.ts';
import { createTreeReader } from '../../src/git/tree-reader.ts';
import { parseTree } from '../../src/git/tree.ts';

const oidOf = (digit: string) => digit.repeat(40);
const entry = (mode: string, name: string | Buffer, oid: string) =>
  Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(oid, 'hex')]);

describe('a tree object', () => {
  it('is parsed by the file type bits of its modes', () => {
    const modes = { '100644': 'file', '100664': 'file', '100755': 'file', '40000': 'folder', '120000': 'symlink' };
    for (const [mode, type] of Object.entries({ ...modes, '160000': 'submodule' })) {
      expect(parseTree(entry(mode, 'n', oidOf('a')))).toEqual([{ name: 'n', oid: oidOf('a'), type }]);
    }
  });

  it('keeps names apart that are no UTF-8', () => {
    const names = [0xe4, 0xf6].map((byte) => parseTree(entry('100644', Buffer.from([byte]), oidOf('1')))[0]!.name);
    expect(names).toEqual(['\\xe4', '\\xf6']);
  });

  it.each(['', '.', '..', 'a/b', '/'])('is corrupt with an entry named %j', (name) => {
    expect(() => parseTree(entry('100644', name, oidOf('1')))).toThrow(/no name/);
  });

  it('is corrupt with two entries of one name: commands differ in which of them they show', () => {
    const twice = Buffer.concat([
      entry('100644', 'policy.yaml', oidOf('1')),
      entry('40000', 'policy.yaml', oidOf('2')),
    ]);
    expect(() => parseTree(twice)).toThrow('a tree holds two entries of the name "policy.yaml"');
  });

  it('is corrupt with a name that no file system holds', () => {
    expect(parseTree(entry('100644', 'n'.repeat(255), oidOf('1')))).toHaveLength(1);
    expect(() => parseTree(entry('100644', 'n'.repeat(256), oidOf('1')))).toThrow(/longer than 255 bytes/);
  });

  it('is read or refused with a GitError, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          parseTree(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'GitError', code: 'corrupt' });
        }
      }),
    );
  });
});

describe('a tree reader', () => {
  /** Trees by oid; every other oid is a commit on the tree of the same first digit + 'f'. */
  const storeOf = (trees: ReadonlyMap<string, Buffer>, root: string) => {
    const read: string[] = [];
    const store: Pick<ObjectStore, 'readObject'> = {
      readObject: async (oid) => {
        read.push(oid);
        const bytes = trees.get(oid);
        return bytes ? { type: 'tree', bytes } : { type: 'commit', bytes: Buffer.from(`tree ${root}\n`) };
      },
    };
    return { store: store as ObjectStore, read };
  };

  it('refuses a few folders that pretend to be a million files', async () => {
    const levels = ['1', '2', '3', '4', '5', '6', '7'];
    const trees = new Map(
      levels.map((digit, index) => {
        const child = levels[index + 1];
        const rows = Array.from({ length: 10 }, (_, n) =>
          child === undefined ? entry('100644', `f${n}`, oidOf('0')) : entry('40000', `d${n}`, oidOf(child)),
        );
        return [oidOf(digit), Buffer.concat(rows)] as const;
      }),
    );
    const { store } = storeOf(trees, oidOf('1'));
    await expect(createTreeReader('.').readFolder(store, oidOf('c'))).rejects.toThrow(/more than 100000 files/);
  });

  it('refuses a few folders that pretend to be a million folders without a file, also to compare them', async () => {
    const levels = Array.from({ length: 60 }, (_, level) => level.toString(16).padStart(40, '0'));
    const trees = new Map(
      levels.map((oid, level) => {
        const child = levels[level + 1];
        const pair = ['a', 'b'].map((name) => (child === undefined ? Buffer.alloc(0) : entry('40000', name, child)));
        return [oid, Buffer.concat(pair)] as const;
      }),
    );
    const { store } = storeOf(trees, levels[0]!);
    await expect(createTreeReader('.').readFolder(store, oidOf('c'))).rejects.toThrow(/more than 100000 files and/);
    const list = async (oid: string) => parseTree((await store.readObject(oid))!.bytes);
    const assertBounds = (entries: number) => {
      if (entries > 1000) throw new Error('too many');
    };
    await expect(compareFolders(undefined, levels[0], { list, assertBounds })).rejects.toThrow('too many');
  });

  it('refuses folders in one another whose path is longer than any that is written', async () => {
    const levels = ['1', '2', '3', '4', '5'].map(oidOf);
    const trees = new Map(
      levels.map((oid, level) => [oid, entry('40000', 'n'.repeat(250), levels[level + 1] ?? oidOf('0'))] as const),
    );
    const { store } = storeOf(trees, levels[0]!);
    await expect(createTreeReader('.').readFolder(store, oidOf('c'))).rejects.toThrow(/path is longer than 1000/);
  });

  it('refuses a folder that holds itself', async () => {
    const { store } = storeOf(new Map([[oidOf('1'), entry('40000', 'again', oidOf('1'))]]), oidOf('1'));
    await expect(createTreeReader('.').readFolder(store, oidOf('c'))).rejects.toThrow(/more than 100 folders deep/);
  });

  it('reads a folder it has seen before no second time', async () => {
    const { store, read } = storeOf(new Map([[oidOf('1'), entry('100644', 'f', oidOf('0'))]]), oidOf('1'));
    const reader = createTreeReader('.');
    await reader.readFolder(store, oidOf('c'));
    await reader.readFolder(store, oidOf('d'));
    expect(read).toEqual([oidOf('c'), oidOf('1'), oidOf('d')]);
  });
});

describe('the cache of trees', () => {
  it('never weighs more than its limit and keeps what was used last', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 7 }))), (steps) => {
        const lru = createLru<number>(10, (weight) => weight);
        const sum = () => ['a', 'b', 'c', 'd'].reduce((total, key) => total + (lru.get(key) ?? 0), 0);
        for (const [key, weight] of steps) {
          lru.set(key, weight);
          expect(lru.get(key)).toBe(weight);
          expect(lru.weight()).toBeLessThanOrEqual(10);
          expect(sum()).toBe(lru.weight());
        }
      }),
    );
  });

  it('does not take what is heavier than all of it', () => {
    const lru = createLru<number>(10, (weight) => weight);
    lru.set('a', 11);
    expect([lru.get('a'), lru.weight()]).toEqual([undefined, 0]);
  });
});
