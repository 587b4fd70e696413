import { describe, expect, it } from 'vitest';
import { HASH_FORMATS, type HashFormats } from '../../src/desired/container-hash.ts';
import { findText } from '../../src/upgrade/earlier-text.ts';
import { application, container, desire, observedInstance, service } from '../builders.ts';

const [FORMAT_1] = HASH_FORMATS;
const LATER: HashFormats = [
  { ...FORMAT_1, version: 2, canonical: (value) => `later ${JSON.stringify(value)}` },
  FORMAT_1,
];

function shop(version: string, hashFormats: HashFormats = HASH_FORMATS) {
  const services = [service('web', { 'init-containers': [container('setup')] })];
  return desire([application('shop', { version, services })], { hashFormats }).applications['acme.shop']!;
}

describe('the text an instance was made from', () => {
  const old = shop('1.0');
  const observed = observedInstance(old, old.instances[0]!);

  it('is found among those that are known', () => {
    expect(findText(observed, [shop('2.0'), old])?.application).toBe(old);
    expect(findText(observed, [shop('2.0')])).toBeUndefined();
  });

  it('is found by a later release that hashes otherwise, so that an upgrade goes on under it', () => {
    const known = [shop('2.0', LATER), shop('1.0', LATER)];
    expect(findText(observed, known)?.application).toBe(known[1]);
  });
});
