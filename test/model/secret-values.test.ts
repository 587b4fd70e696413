import { describe, expect, it, test } from 'vitest';
import { secretValues } from '../secrets.ts';
import { findSecret, hideSecrets, NO_SECRET_VALUES, secretId } from '../../src/model/secret-values.ts';

const KEY = { vault: 'database', secret: 'admin', key: 'password' };

it('the value of a secret is found by tenant, vault, secret and key', () => {
  const secrets = { values: new Map([[secretId('acme', KEY), 'hunter2']]), hashKey: 'k' };
  expect(findSecret(secrets, 'acme', KEY)).toBe('hunter2');
  for (const other of [{ vault: 'other' }, { secret: 'other' }, { key: 'other' }]) {
    expect(findSecret(secrets, 'acme', { ...KEY, ...other })).toBeUndefined();
  }
  expect(findSecret(secrets, 'other', KEY)).toBeUndefined();
  expect(findSecret(NO_SECRET_VALUES, 'acme', KEY)).toBeUndefined();
});

it('a key with any characters is mistaken for no other secret', () => {
  expect(secretId('a', { vault: 'b', secret: 'c', key: 'd/e' })).not.toBe(
    secretId('a', { vault: 'b', secret: 'd', key: 'e' }),
  );
});

describe('what an engine says', () => {
  const secrets = secretValues({ a: 'hunter2', b: 'hunter22', c: 'say "hi"\nnow', d: 'abc', e: '' });

  test.each([
    ['without a secret stays as it is', 'no such image', 'no such image'],
    ['has a mark for each', 'exec: "run hunter2 hunter2": not found', 'exec: "run *** ***": not found'],
    ['shows nothing of a longer one', 'exec: hunter22', 'exec: ***'],
    ['shows none that it escapes', String.raw`exec: "say \"hi\"\nnow"`, 'exec: "***"'],
    ['keeps what is too short to be one', 'exec: abc', 'exec: abc'],
    ['may be nothing', '', ''],
  ])('%s', (_, text, shown) => {
    expect(hideSecrets(text, secrets)).toBe(shown);
  });
});
