import { createHmac, randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { noKnownKey, refuseHostKey } from '../../../src/git/ssh/host-trust.ts';
import {
  algorithmsFor,
  fingerprintOf,
  judgeHostKey,
  parseKnownHosts,
  type HostName,
} from '../../../src/git/ssh/known-hosts.ts';

const makeKey = (type: 'ed25519' | 'ecdsa' = 'ed25519') => {
  const made =
    type === 'ed25519' ? ssh2.utils.generateKeyPairSync(type) : ssh2.utils.generateKeyPairSync(type, { bits: 256 });
  const [name, base64] = made.public.split(' ');
  return { text: `${name} ${base64}`, bytes: Buffer.from(base64!, 'base64') };
};
const [good, other] = [makeKey(), makeKey()];
const ecdsa = makeKey('ecdsa');
const hashed = (name: string) => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const at = (host: string, port = 22): HostName => ({ host, port });
const judge = (text: string, name = at('git.example.com'), key = good.bytes) =>
  judgeHostKey(parseKnownHosts(text), name, key).kind;

describe('a host key', () => {
  it.each([
    ['a plain name', `git.example.com ${good.text} a comment`],
    ['a name in other letters', `Git.Example.COM ${good.text}`],
    ['one of several names', `a,git.example.com,192.0.2.1 ${good.text}`],
    ['a pattern', `*.example.com ${good.text}`],
    ['a pattern for one letter', `gi?.example.com ${good.text}`],
    ['a hashed name', `${hashed('git.example.com')} ${good.text}`],
    ['the second of its lines', `git.example.com ${other.text}\ngit.example.com ${good.text}`],
    ['a file with comments, blanks and CRLF', `# mine\r\n\r\n  git.example.com   ${good.text}\r\n`],
  ])('is known under %s', (_, text) => {
    expect(judge(text)).toBe('known');
  });

  it.each([
    ['an empty file', ''],
    ['another name', `example.com ${good.text}`],
    ['a name that only begins so', `git.example.com.evil.test ${good.text}`],
    ['a negated pattern', `*.example.com,!git.example.com ${good.text}`],
    ['a dot that is no pattern', `gitxexample.com ${good.text}`],
    ['another hashed name', `${hashed('other.example.com')} ${good.text}`],
    ['a certificate authority', `@cert-authority *.example.com ${good.text}`],
    ['a commented line', `# git.example.com ${good.text}`],
    ['another port', `[git.example.com]:2222 ${good.text}`],
  ])('is unknown with %s', (_, text) => {
    expect(judge(text)).toBe('unknown');
  });

  it('is a changed one where others are known for the host', () => {
    expect(judge(`git.example.com ${other.text}`)).toBe('changed');
    expect(judge(`git.example.com ${ecdsa.text}`)).toBe('changed');
  });

  it('is revoked, whatever else stands in the file', () => {
    expect(judge(`git.example.com ${good.text}\n@revoked * ${good.text}`)).toBe('revoked');
    expect(judge(`@revoked git.example.com ${good.text}`, at('git.example.com', 2222))).toBe('revoked');
    expect(judge(`git.example.com ${good.text}\n@revoked * ${other.text}`)).toBe('known');
    expect(judge(`git.example.com ${good.text}\n@revoked other.example.com ${good.text}`)).toBe('known');
  });

  it('is kept with the port where that is not 22, and without one for every port', () => {
    const name = at('git.example.com', 2222);
    expect(judge(`[git.example.com]:2222 ${good.text}`, name)).toBe('known');
    expect(judge(`${hashed('[git.example.com]:2222')} ${good.text}`, name)).toBe('known');
    expect(judge(`git.example.com ${good.text}`, name)).toBe('known');
    expect(judge(`git.example.com ${good.text}\n[git.example.com]:2222 ${other.text}`, name)).toBe('changed');
    expect(judge(`[git.example.com]:22 ${good.text}`, name)).toBe('unknown');
  });

  it('stands on lines that are counted where they make no sense', () => {
    const text = `git.example.com\ngit.example.com ssh-rsa ${good.text.split(' ')[1]}\n@strange h ${good.text}\nh ${good.text}`;
    expect(parseKnownHosts(text)).toMatchObject({ unreadable: [1, 2, 3], entries: [{ line: 4 }] });
  });
});

describe('the algorithms to offer', () => {
  const rsa = `ssh-rsa ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-rsa')]).toString('base64')}`;

  it('are those of the keys known for the host, so that it shows one of them', () => {
    const known = parseKnownHosts(`h ${ecdsa.text}\nh ${rsa}\nother ${good.text}\n@revoked h ${good.text}`);
    expect(algorithmsFor(known, at('h'))).toEqual(['ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256']);
    expect(algorithmsFor(known, at('new'))).toEqual([]);
  });
});

describe('a refusal', () => {
  const refuse = (text: string, name = at('git.example.com')) =>
    refuseHostKey({ name, known: parseKnownHosts(text), file: '/etc/known' }, good.bytes);

  it('is none for a known key', () => {
    expect(refuse(`git.example.com ${good.text}`)).toBeUndefined();
  });

  it('shows the fingerprint and says how to make the key known', () => {
    const message = refuse('', at('git.example.com', 2222))!.message;
    expect(message).toContain(`[git.example.com]:2222 is not known: it shows ssh-ed25519 ${fingerprintOf(good.bytes)}`);
    expect(message).toContain('ssh-keyscan -p 2222 git.example.com >> /etc/known');
  });

  it('of a changed key names the line that holds another, and how to replace it', () => {
    const error = refuse(`# one\ngit.example.com ${other.text}`)!;
    expect(error.code).toBe('untrusted');
    expect(error.message).toContain(`ssh-ed25519 ${fingerprintOf(other.bytes)}, /etc/known:2`);
    expect(error.message).toContain("ssh-keygen -f /etc/known -R 'git.example.com'; ssh-keyscan git.example.com >>");
  });

  it('of a revoked key tells no way to accept it', () => {
    const { message } = refuse(`@revoked * ${good.text}`)!;
    expect(message).toContain('is revoked in /etc/known:1');
    expect(message).not.toContain('ssh-keyscan');
  });

  it('tells of lines that may have been meant', () => {
    expect(refuse('git.example.com ssh-ed25519 AAAA')!.message).toContain('line 1 makes no sense');
    expect(refuse(`@cert-authority * ${good.text}`)!.message).toContain('@cert-authority, line 1, does not count');
  });

  it('of a server without a key of a known type names the types', () => {
    const known = parseKnownHosts(`git.example.com ${ecdsa.text}`);
    const { message } = noKnownKey({ name: at('git.example.com'), known, file: '/etc/known' });
    expect(message).toContain('/etc/known holds ecdsa-sha2-nistp256');
  });
});

it('the fingerprint is the one of ssh-keygen -l', () => {
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'; // of github.com, as GitHub publishes it
  expect(fingerprintOf(Buffer.from(key, 'base64'))).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
});
