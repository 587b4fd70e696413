import { describe, expect, test } from 'vitest';
import { application, errorsOf, parseApplication, parseSite, site } from './documents.ts';

describe('a quote or bracket that is not closed is told where it opens, once', () => {
  const INDENT = (bracket: string) => ` (every line up to its \`${bracket}\` has to be indented)`;
  test.each([
    ['name: "shop', '1:7', 'quote'],
    ["name: 'shop\nservices: []\n", '1:7', 'quote'],
    ["- 'a'\n- &b 'b\n- 'c'\n", '2:6', 'quote'],
    ["? 'key\n: value\n", '1:3', 'quote'],
    ['a: "x\n---\nname: b\n', '1:4', 'quote'],
    ["a: [\n  'x,\n  y\n]\n", '2:3', 'quote'],
    ['{', '1:1', 'bracket `{`'],
    ['name: shop\nservices: [\n', '2:11', 'bracket `[`'],
    ['a: {b: [1, 2}\n', '1:8', 'bracket `[`'],
    ['{"a": 1,\n "b": [1, 2,\n "c": 3}\n', '2:7', 'bracket `[`'],
    ['x:\n  a: [1,\n  b: 2\n', '2:6', `bracket \`[\``, INDENT(']')],
    ['a:\n  - b: {\n  c: d\n  }\n', '2:8', `bracket \`{\``, INDENT('}')],
  ])('%j', (text, place, what, hint = '') => {
    expect(errorsOf(parseApplication(text))).toContain(
      `${place}: this is not valid YAML: the ${what} that opens here is not closed${hint}`,
    );
    expect(errorsOf(parseApplication(text)).filter((error) => error.includes('not valid YAML'))).toHaveLength(1);
  });

  test('what is wrong before it is told, too', () => {
    expect(errorsOf(parseApplication('a: b: c\nd: "e\n'))).toEqual([
      expect.stringMatching(/^1:4: this is not valid YAML: /),
      '2:4: this is not valid YAML: the quote that opens here is not closed',
    ]);
  });
});

describe('a misspelt key is not missing as well', () => {
  test.each([
    ['name: shop\nservces: []\n', ['2:1: servces: this key is unknown (did you mean `services`?)']],
    [
      application('shop').replace('image:', 'imgae:'),
      ['6:9: services[0].containers[0].imgae: this key is unknown (did you mean `image`?)'],
    ],
    [
      application('shop').replace('name: web', 'colour: web'),
      [
        expect.stringContaining('colour: this key is unknown'),
        expect.stringContaining('services[0]: `name` is missing'),
      ],
    ],
    [
      `${application('shop')}services2: []\n`.replace('services:', 'servces:'),
      ['2:1: servces: this key is unknown (did you mean `services`?)', expect.stringContaining('services2: this key')],
    ],
    [
      `${application('shop')}    placment: {}\n`.replace('name: shop', 'nmae: shop'),
      [expect.stringContaining('did you mean `name`?'), expect.stringContaining('did you mean `placement`?')],
    ],
  ])('%j', (text, errors) => expect(errorsOf(parseApplication(text))).toEqual(errors));

  test('nor is the choice it would have made', () => {
    const text = `${application('shop', 'mounts: [{volume-name: v, mount-pth: /x}]')}    volumes: [{name: v, ephemeral-volume: {size: 1MB}}]\n`;
    expect(errorsOf(parseApplication(text))).toEqual([expect.stringContaining('did you mean `mount-path`?')]);
  });
});

/** Lines behind the container of `application()`, and what a colleague would say. */
const NEW_FIELDS: readonly (readonly [string, string])[] = [
  [
    'ports: [{container-port: 80, hostport: 80}]',
    '7:38: services[0].containers[0].ports[0].hostport: this key is unknown (did you mean `host-port`?)',
  ],
  ['ports: [{host-port: 80}]', '7:17: services[0].containers[0].ports[0]: `container-port` is missing'],
  [
    'ports: [{container-port: 70000}]',
    '7:34: services[0].containers[0].ports[0].container-port: 70000 is too large (at most 65535)',
  ],
  [
    'ports: [{container-port: 80, protocol: TCP}]',
    '7:48: services[0].containers[0].ports[0].protocol: "TCP" is not `tcp` or `udp`',
  ],
  [
    'ports: [{container-port: 80, host-ip: localhost}]',
    '7:47: services[0].containers[0].ports[0].host-ip: "localhost" is not an IPv4 address (example: 192.0.2.7)',
  ],
  [
    'additional-capabilities: [NET_ADMIM]',
    '7:35: services[0].containers[0].additional-capabilities[0]: there is no capability "NET_ADMIM" (did you mean `NET_ADMIN`?)',
  ],
  [
    'additional-capabilities: [net_admin]',
    '7:35: services[0].containers[0].additional-capabilities[0]: "net_admin" is not a Linux capability (for example NET_ADMIN)',
  ],
  [
    'gpu: {number-gpu: 1}',
    '7:15: services[0].containers[0].gpu.number-gpu: this key is unknown (did you mean `number-gpus`?)',
  ],
  ['gpu: {number-gpus: 0}', '7:28: services[0].containers[0].gpu.number-gpus: 0 is too small (at least 1)'],
  [
    'gpu: {nvidia-patterns: [display-mode = on]}',
    '7:33: services[0].containers[0].gpu.nvidia-patterns[0]: "display-mode = on" is not a condition on a graphics processor (example: display-mode == "Enabled")',
  ],
  [
    'container-log-size: plenty',
    '7:29: services[0].containers[0].container-log-size: "plenty" is not a size (examples: 64MiB, 1.5 GB)',
  ],
  [
    'container-layer-size: 10 potatoes',
    '7:31: services[0].containers[0].container-layer-size: "10 potatoes" is not a size (examples: 64MiB, 1.5 GB)',
  ],
  [
    'security: {app-armor: {disabled: true}}',
    '7:20: services[0].containers[0].security.app-armor: this key is unknown (did you mean `apparmor`?)',
  ],
  [
    'devices: {labels: [rtc]}',
    '7:19: services[0].containers[0].devices.labels: this key is unknown; known are `device-labels`',
  ],
  [
    'probes: {alive: {tcp: {port: 1}}}',
    '7:18: services[0].containers[0].probes.alive: this key is unknown; known are `startup`, `readiness` and `liveness`',
  ],
  [
    'probes: {liveness: {tcp: {port: 1}, period: 10}}',
    '7:53: services[0].containers[0].probes.liveness.period: "10" is not a duration (examples: 10s, 1h30m, 500ms)',
  ],
  [
    'probes: {liveness: {period: 10s}}',
    '7:28: services[0].containers[0].probes.liveness: one of `exec`, `tcp` or `http` is missing',
  ],
];

describe('a mistake in a container reads like a note of a colleague', () => {
  test.each(NEW_FIELDS)('%s', (line, expected) => {
    expect(errorsOf(parseApplication(application('shop', line)))).toEqual([expected]);
  });

  test('the second container too', () => {
    const text = `${application('shop')}      - {name: db, image: db, memory: "10 potatoes"}\n`;
    expect(errorsOf(parseApplication(text))).toEqual([
      '7:39: services[0].containers[1].memory: "10 potatoes" is not a size (examples: 64MiB, 1.5 GB)',
    ]);
  });
});

describe('a site', () => {
  test.each([
    ['type: egde', '4:7: type: "egde" is not `edge` or `top`'],
    ['label: {a: b}', '4:1: label: this key is unknown (did you mean `labels`?)'],
    ['  - name: h2', '3:3: hosts: has to be one host (sites of several hosts are not supported yet)'],
    ['    device: []', '4:5: hosts[0].device: this key is unknown (did you mean `devices`?)'],
    [
      '    devices: [{path: ttyUSB0}]',
      '4:22: hosts[0].devices[0].path: "ttyUSB0" is not the path of a device (it begins with "/dev/")',
    ],
    [
      '    devices: [{path: /dev/rtc}, {path: /dev/rtc}]',
      '4:40: hosts[0].devices[1].path: another device is called "/dev/rtc" (hosts[0].devices[0])',
    ],
    ['    gpus: [{labels: [a]}]', '4:12: hosts[0].gpus[0]: `id` is missing'],
    [
      '    local-volumes: [{name: a}, {name: a}]',
      '4:39: hosts[0].local-volumes[1].name: another volume of the host is called "a" (hosts[0].local-volumes[0])',
    ],
    [
      '    local-volumes: [{name: a, path: srv}]',
      '4:37: hosts[0].local-volumes[0].path: "srv" is not the absolute path of a folder (it begins with "/", is not "/" itself and has no ":")',
    ],
    [
      '    labels: {system/x: y}',
      '4:14: hosts[0].labels: "system/x" is reserved: the prefix `system` is for labels made by the system',
    ],
  ])('%s', (line, expected) => expect(errorsOf(parseSite(site('stockholm', line)))).toEqual([expected]));

  test('needs a host', () => {
    expect(errorsOf(parseSite('name: stockholm\n'))).toEqual(['1:1: `hosts` is missing']);
    expect(errorsOf(parseSite('name: stockholm\nhosts: []\n'))).toEqual([
      '2:8: hosts: is an empty list; it needs at least one entry',
    ]);
  });
});
