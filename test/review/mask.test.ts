import { describe, expect, it } from 'vitest';
import { maskText, maskValue } from '../../src/review/mask.ts';
import { cpuMsOf } from '../cpu-time.ts';

describe('a credential in a text', () => {
  it.each([
    ['https://me:hunter2@host/path', 'https://me:***@host/path'],
    ['postgres://:hunter2@db:5432', 'postgres://:***@db:5432'],
    ['password: hunter2', 'password: ***'],
    ['DB_PASSWORD=hunter2 LOG=info', 'DB_PASSWORD=*** LOG=info'],
    ['{"api_key": "a b", "port": 80}', '{"api_key": ***, "port": 80}'],
    ["secret = 'a b'", 'secret = ***'],
    ['--token=hunter2', '--token=***'],
    ['Authorization: Bearer abcdefghijk', 'Authorization: Bearer ***'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nx',
      '-----BEGIN RSA PRIVATE KEY----- ***\nx',
    ],
    ['use ghp_abcdefghijklmnopqrstuvwxyz0123456789 here', 'use *** here'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk', '***'],
  ])('is not shown: %s', (text, shown) => {
    expect(maskText(text)).toBe(shown);
  });

  it.each(['password: ${DB_PASSWORD}', 'tokens per minute', 'http://host:8080/path', 'secretary', 'a = 1\nb = 2'])(
    'is not seen where there is none: %s',
    (text) => {
      expect(maskText(text)).toBe(text);
    },
  );

  it('takes no long time to find in a long text', async () => {
    const texts = ['a.'.repeat(500_000), '://'.repeat(300_000), 'token'.repeat(200_000), '-----BEGIN '.repeat(90_000)];
    const spentMs = await cpuMsOf(() => {
      for (const text of texts) maskText(text);
    });
    // Quadratic, it would be hours.
    expect(spentMs).toBeLessThan(30_000);
  });
});

describe('a value of a specification', () => {
  it('is hidden under a name that says what it is, in env, headers and variables', () => {
    expect(maskValue({ env: { DB_PASSWORD: 'a', LOG: 'b' } }, []).value).toEqual({
      env: { DB_PASSWORD: '***', LOG: 'b' },
    });
    expect(maskValue('a', ['services', 'web', 'containers', 'main', 'env', 'API_KEY'])).toEqual({
      value: '***',
      masked: true,
    });
    expect(maskValue({ 'request-headers': { Authorization: 'a' } }, []).value).toEqual({
      'request-headers': { Authorization: '***' },
    });
    expect(
      maskValue(
        [
          { name: 'TOKEN', value: 'a' },
          { name: 'PORT', value: '1' },
        ],
        ['variables'],
      ).value,
    ).toEqual([
      { name: 'TOKEN', value: '***' },
      { name: 'PORT', value: '1' },
    ]);
  });

  it('is shown where it only refers to a variable, or names a secret of a vault', () => {
    expect(maskValue({ env: { DB_PASSWORD: '${DB_PASSWORD}' } }, []).masked).toBe(false);
    const secret = { name: 'PW', 'value-from-vault-secret': { vault: 'v', secret: 'db', key: 'password' } };
    expect(maskValue([secret], ['variables'])).toEqual({ value: [secret], masked: false });
  });

  it('is hidden behind the flag it is given to', () => {
    expect(maskValue(['serve', '--password', 'hunter2', '--port', '80'], ['cmd']).value).toEqual([
      ...['serve', '--password', '***', '--port', '80'],
    ]);
  });
});
