import { describe, expect, it } from 'vitest';
import { DockerError } from '../../src/docker/port.ts';
import { createStepMemory } from '../../src/plan/step-memory.ts';
import type { Step } from '../../src/model/plan.ts';

function makeNetwork(subnet: string): Step {
  const action = { kind: 'create-network', network: 'acme.shop', subnet, labels: {} } as const;
  const id = 'create network acme.shop';
  return { id, action, target: 'acme.shop', application: 'acme.shop', intent: 'prepare', reason: '', after: [] };
}

describe('the memory of a network that could not be made', () => {
  const open = () => createStepMemory({ now: () => 1, desiredHash: () => 'h' });

  it('holds every subnet the engine refused', () => {
    const memory = open();
    const taken = new DockerError('subnet-taken', 'it overlaps another network');
    expect(memory.record(makeNetwork('10.201.0.0/26'), taken)).toBe(1);
    expect(memory.record(makeNetwork('10.201.0.64/26'), taken)).toBe(2);
    expect(memory.attempts()).toMatchObject([{ refusedSubnets: ['10.201.0.0/26', '10.201.0.64/26'] }]);
  });

  it('holds no subnet that another reason stood in the way of', () => {
    const memory = open();
    memory.record(makeNetwork('10.201.0.0/26'), new DockerError('name-taken', 'the name is taken'));
    expect(memory.attempts()).toMatchObject([{ refusedSubnets: [] }]);
  });
});
