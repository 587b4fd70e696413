import { describe, expect, it } from 'vitest';
import { parseLocation, placeOf } from '../../src/git/location.ts';
import { GitError } from '../../src/git/port.ts';

const ssh = (location: string) => {
  const parsed = parseLocation(location);
  if (parsed.kind !== 'ssh') throw new Error(`${location} is ${parsed.kind}`);
  return parsed.address;
};

describe('the location of a repository', () => {
  it.each(['https://h/x.git', 'HTTP://h/x', 'http://u:p@h:1/x'])('%s is behind http', (location) => {
    expect(parseLocation(location)).toMatchObject({ kind: 'http' });
  });

  it.each(['/srv/r', './r', 'r', '../r.git', './a:b', '/srv/a:b'])('%s is a local path', (location) => {
    expect(parseLocation(location)).toEqual({ kind: 'local', path: location });
  });

  it.each([
    ['git@github.com:team/fleet.git', { user: 'git', host: 'github.com', port: 22, path: 'team/fleet.git' }],
    ['Git.Example.com:/srv/fleet.git', { user: 'git', host: 'git.example.com', port: 22, path: '/srv/fleet.git' }],
    ['ann@[2001:DB8::1]:fleet', { user: 'ann', host: '2001:db8::1', port: 22, path: 'fleet' }],
    ['git@host:with space/ø:1.git', { user: 'git', host: 'host', port: 22, path: 'with space/ø:1.git' }],
    ['ssh://git@Host:2222/team/fleet.git', { user: 'git', host: 'host', port: 2222, path: '/team/fleet.git' }],
    ['SSH://host/a%20b', { user: 'git', host: 'host', port: 22, path: '/a b' }],
    ['ssh://ann@[::1]:23/~ann/fleet', { user: 'ann', host: '::1', port: 23, path: '~ann/fleet' }],
  ])('%s is behind SSH', (location, address) => {
    expect(ssh(location)).toEqual(address);
  });

  it.each([
    ['git@github.com:team/fleet.git', 'ssh://github.com/team/fleet.git'],
    ['ssh://git@host:2222/fleet', 'ssh://host:2222/fleet'],
    ['git@[::1]:fleet', 'ssh://[::1]/fleet'],
  ])('%s is shown as %s', (location, shown) => {
    expect(placeOf(ssh(location))).toBe(shown);
  });

  it.each([
    'ssh://git:s3cret@h/x',
    'ssh://git@h',
    'ssh://git@h/',
    'ssh://git@/x',
    'ssh://git@h/%zz',
    'git@h:',
    'git@h:-x',
    'git@-oProxyCommand=id:x',
    'ssh://git@h/a%0ab',
    's3cret@:x',
    'git://h/x',
    'git+ssh://h/x',
    'ftp://ann:s3cret@h/x',
    'ext::sh -c id',
    'https://',
  ])('%s is refused with a sentence, without what stands before the @', (location) => {
    expect(() => parseLocation(location)).toThrow(GitError);
    expect(() => parseLocation(location)).toThrow(/supported|valid URL|no host|no repository|password/);
    expect(() => parseLocation(location)).not.toThrow(/s3cret/);
  });
});
