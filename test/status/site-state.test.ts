import { describe, expect, it } from 'vitest';
import { siteStates } from '../../src/status/site-state.ts';
import { withSites } from '../builders.ts';

describe('the sites', () => {
  it('of a repository without any are the implicit one', () => {
    expect(siteStates(undefined, 'local')).toEqual([
      {
        name: 'local',
        type: 'edge',
        labels: { 'system/name': 'local', 'system/type': 'edge' },
        hosts: [{ name: 'local' }],
        'served-here': true,
      },
    ]);
  });

  it('of a repository are sorted by name, each with the labels every site has; no label of its own hides them', () => {
    const labels = { 'example.org/area': 'n', 'system/name': 'mine' };
    const states = siteStates(
      withSites({ name: 'south', hosts: [] }, { name: 'north', type: 'top', labels, hosts: [] }),
      'north',
    );
    expect(states.map(({ name, 'served-here': here }) => [name, here])).toEqual([
      ['north', true],
      ['south', false],
    ]);
    expect(states[0]).toMatchObject({
      type: 'top',
      labels: { 'example.org/area': 'n', 'system/name': 'north', 'system/type': 'top' },
    });
    expect(states[1]).toMatchObject({ type: 'edge', labels: { 'system/name': 'south', 'system/type': 'edge' } });
  });
});
