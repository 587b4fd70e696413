import { describe, expect, test } from 'vitest';
import { application, errorsOf, parseApplication } from './documents.ts';

describe('ports of the host', () => {
  const opening = (...ports: readonly string[]) =>
    parseApplication(
      ['name: shop', 'services:']
        .concat(ports.map((port, i) => `  - {name: s${i}, containers: [{name: c, image: i, ports: [${port}]}]}`))
        .join('\n'),
    );
  const TWICE = 'port 80 of the host is opened twice (services[0].containers[0].ports[0].host-port)';

  test.each([
    ['{container-port: 1, host-port: 80}, {container-port: 2, host-port: 80, host-ip: 192.0.2.7}'],
    ['{container-port: 1, host-port: 80, host-ip: 192.0.2.7}, {container-port: 2, host-port: 80}'],
    ['{container-port: 1, host-port: 80, host-ip: 192.0.2.7}, {container-port: 2, host-port: 80, host-ip: 192.0.2.7}'],
  ])('twice in one service: %s', (ports) => {
    expect(errorsOf(opening(ports))).toEqual([expect.stringContaining(`ports[1].host-port: ${TWICE}`)]);
  });

  test('twice in two services of an application', () => {
    const port = '{container-port: 1, host-port: 80}';
    expect(errorsOf(opening(port, port))).toEqual([`4:88: services[1].containers[0].ports[0].host-port: ${TWICE}`]);
  });

  test.each([
    '{container-port: 1, host-port: 80}, {container-port: 1, host-port: 80, protocol: udp}',
    '{container-port: 1, host-port: 80, host-ip: 192.0.2.7}, {container-port: 1, host-port: 80, host-ip: 192.0.2.8}',
    '{container-port: 1}, {container-port: 1}',
  ])('not twice: %s', (ports) => expect(opening(ports).problems).toEqual([]));

  test('one of a service whose old instances live on', () => {
    const text = application('shop', 'ports: [{container-port: 1, host-port: 80}]');
    const [problem, ...more] = errorsOf(parseApplication(`${text}    delayed-shutdown: {timeout: 30m}\n`));
    expect(more).toEqual([]);
    expect(problem).toContain('7:48: services[0].containers[0].ports[0].host-port: with delayed-shutdown an instance');
    expect(problem).toContain('only one of them can have port 80 of a host; leave host-port out for a free one each');
    const free = application('shop', 'ports: [{container-port: 1}]');
    expect(parseApplication(`${free}    delayed-shutdown: {timeout: 30m}\n`).problems).toEqual([]);
  });

  test('one that several instances would share is a warning', () => {
    const text = application('shop', 'ports: [{container-port: 1, host-port: 80}]');
    const [problem] = parseApplication(`${text}    replicas: 3\n`).problems;
    expect(problem).toMatchObject({ line: 7, column: 48, severity: 'warning' });
    expect(problem?.message).toContain('only one of 3 instances can have port 80 of a host');
  });
});
