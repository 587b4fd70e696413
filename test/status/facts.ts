import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { DocumentInForce, RejectedDocument } from '../../src/model/catalog.ts';
import type { DesiredApplication } from '../../src/model/desired.ts';
import { indexImages } from '../../src/plan/image-presence.ts';
import type { ApplicationFacts } from '../../src/status/application-state.ts';
import { application, container, desire, IMAGE, observedApplication, resolved, service } from '../builders.ts';

// Facts for tests of states: `acme.shop`, whose one instance `web-1` of two containers runs as it should.

export const SHOP = application('shop', {
  services: [service('web', { containers: [container('api'), container('page')] })],
});
export const KEY = 'acme.shop';
export const NOW = Date.UTC(2026, 0, 2);

export function desiredShop(spec: ApplicationSpec = SHOP): DesiredApplication {
  const found = desire([spec]).applications[KEY];
  if (found === undefined) throw new Error(`${spec.name} is not desired`);
  return found;
}

export function inForceOf(spec: ApplicationSpec = SHOP): DocumentInForce<'application'> {
  const found = resolved([spec]).applications[KEY];
  if (found === undefined) throw new Error(`${spec.name} is not in force`);
  return found;
}

export const REJECTED: RejectedDocument = {
  kind: 'application',
  tenant: 'acme',
  file: 'tenants/acme/applications/shop.yaml',
  name: 'shop',
  problems: [
    {
      file: 'tenants/acme/applications/shop.yaml',
      line: 3,
      column: 1,
      message: 'servces: this key is unknown',
      severity: 'error',
    },
  ],
};

export function applicationFacts(fields: Partial<ApplicationFacts> = {}): ApplicationFacts {
  const desired = desiredShop();
  return {
    name: 'shop',
    host: 'local',
    inForce: inForceOf(),
    deployment: 'shop',
    desired,
    earlier: [],
    upgrade: undefined,
    hold: undefined,
    observed: observedApplication(desired),
    hindrance: undefined,
    awaited: undefined,
    failures: new Map(),
    images: indexImages([{ id: 'sha256:1', tags: [IMAGE], digests: [] }]),
    pulling: new Set(),
    pulls: new Map(),
    modifiedAt: NOW - 60_000,
    now: NOW,
    ...fields,
  };
}
