import { describe, expect, it } from 'vitest';
import { parseFields, selectFields } from '../../../src/api/protocol/fields.ts';

const DOCUMENT = { a: 1, b: { c: 2, d: 3 }, e: [{ f: 4, g: { h: 5, i: 6 } }, { f: 7 }], j: null };

describe('fields', () => {
  it.each<[string, unknown]>([
    ['a', { a: 1 }],
    ['a,b/c', { a: 1, b: { c: 2 } }],
    ['[a,b/[c]]', { a: 1, b: { c: 2 } }],
    ['b/[c,d]', { b: { c: 2, d: 3 } }],
    ['b/c,b/d', { b: { c: 2, d: 3 } }],
    ['b/c,b', { b: { c: 2, d: 3 } }],
    ['e/[f,g/h]', { e: [{ f: 4, g: { h: 5 } }, { f: 7 }] }],
    ['e/g/i', { e: [{ g: { i: 6 } }, {}] }],
    ['b/c,b,b/d', { b: { c: 2, d: 3 } }],
    ['[[a],b/[c,d]],e/f', { a: 1, b: { c: 2, d: 3 }, e: [{ f: 4 }, { f: 7 }] }],
    ['x,x/y', {}],
    ['a/x,j/x', {}],
    ['__proto__,constructor', {}],
  ])('%s', (text, expected) => {
    expect(selectFields(DOCUMENT, parseFields(text))).toEqual(expected);
  });
});
