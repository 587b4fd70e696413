import { describe, expect, it } from 'vitest';
import { compareFields } from '../../src/review/compare-fields.ts';
import { formatField } from '../../src/review/facts.ts';

const lines = (old: object, now: object) => compareFields('application', old, now).map(formatField);

describe('where two documents differ', () => {
  it('is told by the names of entries, not by their places', () => {
    const service = (image: string) => ({ services: [{ name: 'web', containers: [{ name: 'nginx', image }] }] });
    expect(lines(service('nginx:1'), service('nginx:2'))).toEqual([
      'services[web].containers[nginx].image: "nginx:1" → "nginx:2"',
    ]);
  });

  it('is nowhere where they say the same', () => {
    expect(lines({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });

  it('tells what comes, what goes, and that entries have changed places', () => {
    const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    expect(lines({ list: [a, b], x: 1 }, { list: [b, a, c] })).toEqual([
      'list: ["a","b"] → ["b","a"]',
      'list[c]: new {"name":"c"}',
      'x: gone, was 1',
    ]);
  });

  it('shows lists whose entries have no names as a whole', () => {
    expect(lines({ cmd: ['a', 'b'] }, { cmd: ['a', 'c'] })).toEqual(['cmd: ["a","b"] → ["a","c"]']);
    const twice = [{ name: 'a' }, { name: 'a', x: 1 }];
    expect(lines({ list: twice }, { list: [{ name: 'a' }] })).toEqual([
      'list: [{"name":"a"},{"name":"a","x":1}] → [{"name":"a"}]',
    ]);
  });

  it('shows of long texts the lines that differ', () => {
    expect(lines({ data: 'a\nb\nc\nd' }, { data: 'a\nB\nC\nc\nd' })).toEqual(['data from line 2: "b" → "B\\nC"']);
    expect(lines({ data: 'a\nb' }, { data: 'a\nb\nc' })).toEqual(['data from line 3: "" → "c"']);
    expect(lines({ data: 'a' }, { data: 'b' })).toEqual(['data: "a" → "b"']);
  });

  it('shows the beginning of what is long', () => {
    const [field] = compareFields('application', { data: 'a' }, { data: 'b'.repeat(100_000) });
    expect(field?.new?.length).toBeLessThan(500);
  });

  it('says that there is another value where it must not be shown', () => {
    const env = (DB_PASSWORD: string) => ({ env: { DB_PASSWORD } });
    expect(lines(env('a'), env('b'))).toEqual(['env.DB_PASSWORD: "***" → "***" (another value)']);
    expect(lines({ data: 'a: 1\npassword: b\n' }, { data: 'a: 1\npassword: c\n' })).toEqual([
      'data from line 2: "***" → "***" (another value)',
    ]);
    expect(lines({ data: 'a: 1\npassword: b\n' }, { data: 'a: 2\npassword: c\n' })).toEqual([
      'data from line 1: "a: 1" → "a: 2"',
    ]);
  });

  it('keeps names that are no words within quotes', () => {
    expect(lines({}, { labels: { 'a]: b': 'x' } })).toEqual(['labels: new {"a]: b":"x"}']);
    expect(lines({ labels: {} }, { labels: { 'a]: b': 'x' } })).toEqual(['labels["a]: b"]: new "x"']);
  });
});
