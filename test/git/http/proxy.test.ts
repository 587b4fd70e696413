import { describe, expect, it } from 'vitest';
import { chooseProxy, placeOfProxy } from '../../../src/git/http/proxy.ts';

const choose = (url: string, environment: Record<string, string>, setting?: string) =>
  chooseProxy(new URL(url), { setting, environment })?.href;

describe('the proxy on the way', () => {
  it('is none without a setting and a variable', () => {
    expect(choose('https://h/x', {})).toBeUndefined();
    expect(choose('https://h/x', { HTTPS_PROXY: '', HTTP_PROXY: 'http://p:1' })).toBeUndefined();
  });

  it.each([
    ['https://h/x', { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:1' }, 'http://a:1/'],
    ['http://h/x', { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:1' }, 'http://b:1/'],
    ['https://h/x', { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' }, 'http://lower:1/'],
    ['https://h/x', { ALL_PROXY: 'http://all:1' }, 'http://all:1/'],
    ['https://h/x', { HTTPS_PROXY: 'proxy:3128' }, 'http://proxy:3128/'],
  ])('to %s with %j is %s', (url, environment, expected) => {
    expect(choose(url, environment)).toBe(expected);
  });

  it.each([
    ['https://git.example.com/x', 'example.com'],
    ['https://git.example.com/x', '.example.com'],
    ['https://git.example.com/x', '*.example.com'],
    ['https://git.example.com/x', 'other, GIT.example.com'],
    ['https://git.example.com/x', 'git.example.com:443'],
    ['https://git.example.com:8443/x', 'example.com:8443'],
    ['https://10.0.0.1/x', '10.0.0.1'],
    ['https://[2001:db8::1]/x', '2001:db8::1'],
    ['https://[2001:db8::1]:8443/x', '[2001:db8::1]:8443'],
    ['https://anything/x', '*'],
  ])('is none to %s with NO_PROXY=%s', (url, except) => {
    expect(choose(url, { HTTPS_PROXY: 'http://p:1', NO_PROXY: except })).toBeUndefined();
    expect(choose(url, { HTTPS_PROXY: 'http://p:1', no_proxy: except })).toBeUndefined();
  });

  it.each([
    ['https://git.example.com/x', 'ample.com'],
    ['https://git.example.com/x', 'example.com:80'],
    ['https://git.example.com/x', 'com.git.example.com'],
    ['https://10.0.0.11/x', '10.0.0.1'],
    ['https://git.example.com/x', ''],
  ])('stands to %s with NO_PROXY=%s', (url, except) => {
    expect(choose(url, { HTTPS_PROXY: 'http://p:1', NO_PROXY: except })).toBe('http://p:1/');
  });

  it('is what the setting says, whatever the environment says', () => {
    const environment = { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'h' };
    expect(choose('https://h/x', environment, 'http://own:3128')).toBe('http://own:3128/');
    expect(choose('https://other/x', environment, 'none')).toBeUndefined();
  });

  it.each(['socks5://ann:s3cret@p:1', 'http://', 'ann:s3cret@'])(
    'that is none, %s, is told by its variable',
    (value) => {
      expect(() => choose('https://h/x', { HTTPS_PROXY: value })).toThrow('HTTPS_PROXY names no proxy');
      expect(() => choose('https://h/x', { HTTPS_PROXY: value })).not.toThrow(/s3cret/);
    },
  );

  it('is shown without its credentials', () => {
    expect(placeOfProxy(new URL('http://ann:s3cret@proxy:3128/'))).toBe('http://proxy:3128');
  });
});
