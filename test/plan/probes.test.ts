import { describe, expect, it } from 'vitest';
import type { ProbesSpec } from '../../src/model/application-spec.ts';
import { UNPROBED, type ObservedHealth } from '../../src/model/observed.ts';
import { judgeContainer } from '../../src/plan/container-rules.ts';
import { application, container, desire, observedContainer, service } from '../builders.ts';

// What a probe found makes of a container (avassa-reference 2.8.2).

const PROBE = { tcp: { port: 80 } };
const FAILED = { message: 'tcp 10.201.0.2:80: connection refused' };

function judge(
  health: Partial<ObservedHealth>,
  probes: ProbesSpec = { startup: PROBE, readiness: PROBE, liveness: PROBE },
) {
  const spec = application('shop', { services: [service('web', { containers: [container('main', { probes })] })] });
  const shop = desire([spec]).applications['acme.shop']!;
  const [instance] = shop.instances;
  const [desired] = instance!.containers;
  const sandbox = observedContainer(shop, instance!, instance!.sandbox, { id: 'sandbox' });
  const observed = observedContainer(shop, instance!, desired!, { health: { ...UNPROBED, ...health } });
  return judgeContainer({ desired: desired!, observed, version: '1.0', sandbox, networkIds: [], changedFiles: [] });
}

describe('a container', () => {
  it('is restarted, and it alone, when its liveness probe failed', () => {
    const reason = 'its liveness probe failed: tcp 10.201.0.2:80: connection refused';
    expect(judge({ liveness: 'failure', ...FAILED })).toEqual({ kind: 'restart', intent: 'repair', reason });
  });

  it('is restarted when its startup probe failed', () => {
    expect(judge({ startup: 'failure', ...FAILED })).toMatchObject({ kind: 'restart' });
  });

  it('runs on when it is not ready', () => {
    expect(judge({ startup: 'success', readiness: 'failure', ...FAILED })).toEqual({ kind: 'keep' });
  });

  it('runs on while nobody has asked it', () => {
    expect(judge({})).toEqual({ kind: 'keep' });
  });

  it('runs on when the probe that failed is no longer asked for', () => {
    const { startup, readiness } = { startup: PROBE, readiness: PROBE };
    expect(judge({ liveness: 'failure', ...FAILED }, { startup, readiness })).toEqual({ kind: 'keep' });
  });
});
