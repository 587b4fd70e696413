import { describe, expect, test } from 'vitest';
import { application, errorsOf, parseApplication } from './documents.ts';

describe('mounts', () => {
  const VOLUMES = `    volumes:
      - {name: data, persistent-volume: {size: 1GB}}
      - {name: conf, config-map: {items: [{name: a.conf, data: x}]}}
`;
  const mounts = (text: string) => errorsOf(parseApplication(`${application('shop', `mounts: ${text}`)}${VOLUMES}`));

  test.each([
    ['[{volume-name: dat, mount-path: /x}]', '7:32: …[0].volume-name: there is no volume "dat" (did you mean `data`?)'],
    [
      '[{volume-name: conf, files: [{name: b.conf, mount-path: /x}]}]',
      '7:53: …[0].files[0].name: there is no file in "conf" called "b.conf" (did you mean `a.conf`?)',
    ],
    [
      '[{volume-name: data, files: [{name: a, mount-path: /x}]}]',
      '7:38: …[0].files: single files can be mounted from a config-map or a vault-secret only; mount the whole volume',
    ],
    [
      '[{volume-name: data, mount-path: /x}, {volume-name: conf, mount-path: /y/../x/}]',
      '7:87: …[1].mount-path: something else is mounted at "/x" (services[0].containers[0].mounts[0].mount-path)',
    ],
    [
      '[{volume-name: data, mount-path: /x}, {volume-name: data, mount-path: /y}]',
      '7:69: …[1].volume-name: the volume "data" is mounted twice in this container (services[0].containers[0].mounts[0])',
    ],
    [
      '[{volume-name: data, mount-path: /.fairlead/x}]',
      '7:50: …[0].mount-path: `/.fairlead` is reserved: it holds what Fairlead lays into the container',
    ],
    [
      '[{volume-name: data, mount-path: /..}]',
      '7:50: …[0].mount-path: nothing can be mounted over the root of a container',
    ],
    [
      '[{volume-name: data, mount-path: /x, mode: read-only}, {volume-name: conf, files: [{name: a.conf, mount-path: /x/a}]}]',
      '7:127: …[1].files[0].mount-path: a file cannot be laid into "/x", which is read-only (services[0].containers[0].mounts[0].mount-path)',
    ],
    [
      '[{volume-name: conf, mount-path: /x}, {volume-name: conf, files: [{name: a.conf, mount-path: /x/a}]}]',
      '7:110: …[1].files[0].mount-path: a file cannot be laid into "/x", which is a config map or secret itself (services[0].containers[0].mounts[0].mount-path)',
    ],
  ])('%s', (text, expected) => {
    expect(mounts(text)).toEqual([expected.replace('…', 'services[0].containers[0].mounts')]);
  });

  test.each([
    '[{volume-name: data, mount-path: /x}, {volume-name: conf, files: [{name: a.conf, mount-path: /x/a}]}]',
    '[{volume-name: conf, mount-path: /x}, {volume-name: conf, files: [{name: a.conf, mount-path: /etc/a}]}]',
    '[{volume-name: data, mount-path: /x}, {volume-name: conf, mount-path: /x/conf}]',
  ])('%s are well', (text) => expect(mounts(text)).toEqual([]));

  test('a file of a config map is not called like the folder behind it', () => {
    const text = `${application('shop')}${VOLUMES.replace('a.conf', '..data')}`;
    expect(errorsOf(parseApplication(text))).toEqual([
      '9:50: services[0].volumes[1].config-map.items[0].name: "..data" is reserved: it begins with ".."',
    ]);
  });
});
