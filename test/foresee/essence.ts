import type { ObservedContainer, ObservedHost } from '../../src/model/observed.ts';
import type { Step } from '../../src/model/plan.ts';
import { containersOf } from '../../src/foresee/world.ts';

// What two courses of one thing have in common, whatever is an accident: ids, times, addresses, and which of several old
// instances that began to live on at one moment has which number.

/** A step as a sentence. */
export function sentenceOf({ id, reason, intent, target }: Step): string {
  const isOfLingering = reason.startsWith('delayed shutdown: ') || id.startsWith('rename ');
  const sentence = id.replace(/(sandbox) (?:[0-9a-f]{12}|fore\d{8})$/, '$1 <id>');
  const whole = `${id.startsWith('rename ') ? 'somebody' : target}: ${sentence} — ${intent}: ${reason}`;
  return isOfLingering ? whole.replaceAll(/-\d+\b/g, '-N') : whole;
}

/** What a step is about: the order of what is done to one thing is no accident. */
export function subjectOf({ id, target }: Step): string {
  const words = id.replace(/, keeping its log$/, '').split(' ');
  return `${target} ${words.at(-1) ?? ''}`;
}

/** What there is on a host, as far as anything is decided by it. */
export function essenceOf(host: ObservedHost) {
  const names = new Map(containersOf(host).map(({ id, name }) => [id, name]));
  const nameOf = (id: string | undefined) => (id === undefined ? undefined : (names.get(id) ?? 'gone'));
  const containers = (all: readonly ObservedContainer[]) => all.map((one) => containerEssence(one, nameOf));
  return {
    applications: Object.fromEntries(
      Object.entries(host.applications)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { networks, volumes, instances, lingering, markers }]) => [
          key,
          {
            networks: networks.map(({ name, identity, driver }) => ({ name, identity, driver })),
            volumes,
            instances: Object.values(instances).map((one) => ({ ...one, containers: containers(one.containers) })),
            lingering: lingering.map(({ service, containers: own }) => [service, containers(own)]),
            markers: markers.map(({ kind, owner }) => [kind, owner]),
          },
        ]),
    ),
    sharedNetworks: host.sharedNetworks.map(({ name, identity }) => ({ name, identity })),
    images: host.images.flatMap(({ tags, digests }) => [...tags, ...digests]).sort(),
    persistentVolumes: host.persistentVolumes,
    markers: host.markers.map(({ name, kind }) => [name, kind]),
    logs: host.logs.map(({ name, identity, maxBytes }) => [name.replace(/\.log-.*/, ''), identity, maxBytes]),
    takenSubnets: host.takenSubnets.length,
  };
}

function containerEssence(container: ObservedContainer, nameOf: (id: string | undefined) => string | undefined) {
  const { name, identity, status, exitCode, image, resources, restartPolicy, stopTimeoutMs } = container;
  const { sandboxId, addresses, networkIds, layerBytes, logArchive, delayedShutdown, delayedShutdownCmd } = container;
  const { upgrade, files, health, sight, totalRestarts } = container;
  return {
    ...{ name, identity, status, exitCode, image, resources, restartPolicy, stopTimeoutMs, layerBytes, logArchive },
    ...{ delayedShutdown, delayedShutdownCmd, upgrade, totalRestarts },
    isMadeFromAnImage: container.imageId !== '',
    sandbox: nameOf(sandboxId),
    addresses: Object.keys(addresses),
    networks: Object.entries(networkIds).map(([network, id]) => [network, id !== '']),
    files: Object.entries(files).map(([volume, { generation, told }]) => [volume, generation, told]),
    health: [health.startup, health.readiness, health.liveness === 'failure'],
    sight: [sight.running > 0, sight.started > 0, sight.ready > 0, sight.lostReadiness],
  };
}
