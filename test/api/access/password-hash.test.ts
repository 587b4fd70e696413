import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decoyOf, hashPassword, parsePasswordHash, verifyPassword } from '../../../src/api/access/password-hash.ts';
import { cheapHash } from './access-builders.ts';

describe('the hash of a password', () => {
  it('fits that password, is another one each time, and says how it was made', async () => {
    const [first, second] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
    expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
    const hash = parsePasswordHash(first)!;
    expect(await verifyPassword('pässword', hash)).toBe(true);
    expect(await verifyPassword('pässword'.normalize('NFD'), hash)).toBe(true);
    expect(await verifyPassword('password', hash)).toBe(false);
  });

  it('may be made elsewhere: passlib writes the same form', async () => {
    // hashlib.scrypt(b'hunter2', salt=b'0123456789abcdef', n=2**14, r=8, p=1, dklen=32)
    const text = '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$qEx97dtws9n3uCM6Vx5ucioDRm/YZML6L/OeyCZUZG8';
    expect(await verifyPassword('hunter2', parsePasswordHash(text)!)).toBe(true);
  });

  it.each([
    ['more memory than a login may take', ['ln=10', 'ln=18']],
    ['more memory by its block size', ['ln=10,r=8', 'ln=16,r=32']],
    ['more time than a login may take', ['ln=10,r=8,p=1', 'ln=17,r=8,p=5']],
    ['hardly any work', ['ln=10', 'ln=9']],
    ['no blocks', ['r=8', 'r=0']],
    ['no parameters', ['ln=10,r=8,p=1', '']],
    ['another function', ['scrypt', 'argon2id']],
    ['a number that is none', ['ln=10', 'ln=1e1']],
  ])('is refused when it asks for %s', (_, [from = '', to = '']) => {
    const good = cheapHash('x');
    expect(parsePasswordHash(good)).toBeDefined();
    expect(parsePasswordHash(good.replace(from, to))).toBeUndefined();
  });

  it('is refused when its salt or the hash itself is too short', () => {
    const salt = Buffer.alloc(7).toString('base64').replaceAll('=', '');
    const hash = scryptSync('x', 'salt', 32).toString('base64');
    expect(parsePasswordHash(`$scrypt$ln=14,r=8,p=1$${salt}$${hash}`)).toBeUndefined();
    expect(parsePasswordHash(`$scrypt$ln=14,r=8,p=1$${salt}AAAA$${hash.slice(0, 20)}`)).toBeUndefined();
  });

  it('has a decoy that costs the same and that no password fits', async () => {
    const hash = parsePasswordHash(cheapHash('x'))!;
    const decoy = decoyOf(hash);
    expect(decoy).toMatchObject({ ln: hash.ln, r: hash.r, p: hash.p });
    expect([decoy.salt.length, decoy.hash.length]).toEqual([hash.salt.length, hash.hash.length]);
    expect(await verifyPassword('x', decoy)).toBe(false);
  });
});
