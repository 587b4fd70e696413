import { describe, expect, it } from 'vitest';
import { formatPlan } from '../../src/plan/format.ts';
import { plan, stopStep } from '../api/snapshot-builders.ts';

const stop = stopStep('acme.shop.web-2.nginx');
const remove = { ...stop, id: 'remove container acme.shop.web-2.nginx' };

function text(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

describe('a plan as text', () => {
  it('says so when there is nothing to do', () => {
    expect(formatPlan(plan())).toBe(text('No changes.'));
  });

  it('has a line for each instance and why, with the Docker calls beneath', () => {
    const other = stopStep('acme.shop.web-1.nginx', { intent: 'remove', reason: 'service web has 1 replica' });
    expect(formatPlan(plan({ steps: [stop, other, remove] }))).toBe(
      text(
        'acme.shop.web-2: replace — version 1.0 → 1.1',
        '  stop container acme.shop.web-2.nginx',
        '  remove container acme.shop.web-2.nginx',
        'acme.shop.web-1: remove — service web has 1 replica',
        '  stop container acme.shop.web-1.nginx',
        '3 steps for 2 instances',
      ),
    );
  });

  it('counts networks and images as steps, not as instances', () => {
    const shared = { intent: 'prepare', reason: 'not on the host', application: '', target: 'shop:2' } as const;
    const network = { intent: 'prepare', reason: 'the application network', target: 'acme.shop' } as const;
    const steps = [
      { ...stop, ...shared, id: 'pull image shop:2' },
      { ...stop, ...network, id: 'create network acme.shop' },
    ];
    expect(formatPlan(plan({ steps }))).toBe(
      text(
        'shop:2: prepare — not on the host',
        '  pull image shop:2',
        'acme.shop: prepare — the application network',
        '  create network acme.shop',
        '2 steps',
      ),
    );
  });

  it('tells what comes later and why, without the time', () => {
    const later = [{ step: stop, at: 123_456, waitingFor: 'try 2 failed: no such image' }];
    expect(formatPlan(plan({ later, wakeAt: 123_456 }))).toBe(
      text(
        'acme.shop.web-2: replace later — version 1.0 → 1.1 (try 2 failed: no such image)',
        '  stop container acme.shop.web-2.nginx',
        '0 steps, 1 later',
      ),
    );
  });

  it('tells what is held and what is blocked', () => {
    const held = [{ application: 'acme.old', reason: 'more than half would go' }];
    const blocked = { 'acme.big': 'the network pool is full' };
    expect(formatPlan(plan({ steps: [stop], held, blocked }))).toBe(
      text(
        'acme.shop.web-2: replace — version 1.0 → 1.1',
        '  stop container acme.shop.web-2.nginx',
        'acme.old: held — more than half would go',
        'acme.big: blocked — the network pool is full',
        '1 step for 1 instance, 1 held, 1 blocked',
      ),
    );
  });

  it('keeps a line a line, whatever an engine said', () => {
    const later = [{ step: stop, at: 0, waitingFor: 'try 1 failed: a\nb \u001b[31m' }];
    expect(formatPlan(plan({ later }))).toContain('(try 1 failed: a b  [31m)\n');
  });
});
