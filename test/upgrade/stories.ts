import type { ApplicationSpec, UpgradeFromSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { application, container, desire, service } from '../builders.ts';
import { createWorld, type World } from '../world.ts';

// The words in which the stories of upgrades are told.

export const PER_SERVICE: UpgradeFromSpec = {
  'version-regexp': '.',
  method: 'per-service',
  services: [{ name: 'web', 'instances-in-parallel': 1, 'healthy-time': '10s' }],
};

export const web = (replicas: number) => service('web', { replicas });

/** The application `shop` at a version. */
export function shop(version: string, fields: Partial<ApplicationSpec> = {}): ApplicationSpec {
  return application('shop', { version, services: [web(3)], 'upgrade-from': [PER_SERVICE], ...fields });
}

/** What is desired when these specifications of one application came one after the other, the newest last. */
export function commits(...specs: readonly ApplicationSpec[]): DesiredSite {
  const [newest, ...earlier] = [...specs].reverse();
  const site = desire([newest!]);
  const key = Object.keys(site.applications)[0]!;
  return { ...site, earlier: { [key]: earlier.map((spec) => desire([spec]).applications[key]!) } };
}

/** A host on which a specification has come to rest. */
export async function running(spec: ApplicationSpec): Promise<World> {
  const world = createWorld();
  await world.settle(commits(spec));
  return world;
}

/** `web-1 1.0`, …: the sandboxes and the versions they are of. */
export function versions({ docker }: World): string[] {
  const sandboxes = docker.engine.containers().filter(({ desired }) => desired.role === 'sandbox');
  return sandboxes
    .map(({ name, labels }) => `${name.replace('acme.shop.', '')} ${labels['io.fairlead.application-version'] ?? ''}`)
    .sort();
}

/** What is done to sandboxes, and the markers that come and go: the story of an upgrade in short. */
export function story(steps: readonly string[]): string[] {
  return steps.filter((step) => /sandbox|upgrade|remove container [a-z.]+-\d+$/.test(step));
}

export const ready = container('main', { probes: { readiness: { tcp: { port: 80 } } } });
