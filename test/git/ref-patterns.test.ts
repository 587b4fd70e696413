import { describe, expect, it } from 'vitest';
import { matchesRef, toFullRef } from '../../src/git/ref-patterns.ts';

describe('a ref that is asked for', () => {
  it('is a branch, unless it says otherwise', () => {
    const id = '0123456789abcdef0123456789abcdef01234567';
    expect(['feature/x', 'refs/pull/12/head', 'HEAD', id].map(toFullRef)).toEqual([
      'refs/heads/feature/x',
      'refs/pull/12/head',
      'HEAD',
      id,
    ]);
  });

  it('may be asked for when one of the patterns is it, from end to end', () => {
    const patterns = ['refs/heads/release-*', 'refs/pull/*/merge'];
    const allowed = ['refs/heads/release-1.2', 'refs/pull/12/merge'];
    const refused = ['refs/heads/main', 'refs/pull/12/head', 'refs/pull/12/merge/x', 'x/refs/heads/release-1', 'HEAD'];
    expect(allowed.filter((ref) => !matchesRef(ref, patterns))).toEqual([]);
    expect(refused.filter((ref) => matchesRef(ref, patterns))).toEqual([]);
  });

  it('is taken letter by letter where a pattern has no star', () => {
    expect(matchesRef('refs/heads/a+b', ['refs/heads/a.b'])).toBe(false);
    expect(matchesRef('refs/heads/a.b', ['refs/heads/a.b'])).toBe(true);
  });

  it('is refused when it is longer than any name', () => {
    expect(matchesRef(`refs/heads/${'a'.repeat(300)}`, ['*'])).toBe(false);
  });
});
