import { describe, expect, test } from 'vitest';
import { errorsOf, parseApplication } from './documents.ts';

describe('an application network has addresses for 61 instances', () => {
  const withReplicas = (...all: readonly string[]) =>
    `name: shop\nservices:\n${all
      .map((replicas, index) => `  - name: s${index}\n${replicas}    containers: [{name: a, image: a}]\n`)
      .join('')}`;
  const replicas = (count: number) => `    replicas: ${count}\n`;

  test('which one service or several may fill', () => {
    for (const text of [
      withReplicas(replicas(61)),
      withReplicas(replicas(60), ''),
      withReplicas(replicas(61), replicas(0)),
    ])
      expect(errorsOf(parseApplication(text))).toEqual([]);
  });

  test.each([
    ['62 of one service', withReplicas(replicas(62)), '4:15: services[0].replicas: the application has 62 instances'],
    [
      'too many of several: told where the limit is passed',
      withReplicas(replicas(30), replicas(40), replicas(30)),
      '7:15: services[1].replicas: the application has 100 instances',
    ],
    [
      'a service without replicas has one',
      withReplicas(replicas(61), ''),
      '6:5: services[1].replicas: the application has 62',
    ],
  ])('%s', (_, text, start) => {
    const errors = errorsOf(parseApplication(text));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(start);
    expect(errors[0]).toContain('its network has addresses for 61');
  });
});
