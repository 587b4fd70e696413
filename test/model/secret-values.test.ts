import { expect, it } from 'vitest';
import { findSecret, NO_SECRET_VALUES, secretId } from '../../src/model/secret-values.ts';

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
