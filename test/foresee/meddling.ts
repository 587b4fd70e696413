import { SANDBOX_FILES } from '../../src/model/desired.ts';
import { LABEL } from '../../src/model/names.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import type { ActualHost } from './actual-host.ts';

// What somebody does to a host by hand.

type Meddle = (host: ActualHost, victim: FakeContainer) => void;

const isUp = ({ status }: FakeContainer) => status === 'running';

function volumesOf({ docker: { engine } }: ActualHost, { labels }: FakeContainer): readonly string[] {
  const of = (label: string) => engine.containers().filter((one) => one.labels[label] === labels[label]);
  const own = of(LABEL.application).filter(
    (one) =>
      one.labels[LABEL.service] === labels[LABEL.service] && one.labels[LABEL.instance] === labels[LABEL.instance],
  );
  return own.flatMap(({ desired }) => desired.mounts.map(({ volume }) => volume));
}

/** An engine tells of volumes by their names alone. */
function removeVolume({ docker: { engine } }: ActualHost, name: string): void {
  engine.volumes.remove(name, false);
  engine.events.emit({ kind: 'volume', action: 'destroy', name });
}

/** Steps that the engine refuses are not foreseen, so nothing is left that is in the way. */
export const MEDDLING = {
  removes: ({ docker: { engine } }, { id }) => engine.remove(id),
  stops: ({ docker: { engine } }, { id }) => engine.stop(id),
  kills: ({ docker: { engine } }, victim) => {
    if (isUp(victim)) engine.killByHand(victim.id);
  },
  pauses: ({ docker: { engine } }, victim) => {
    if (isUp(victim)) engine.pause(victim.id);
  },
  renames: ({ docker: { engine } }, { id }) => engine.rename(id, `renamed-${id}`),
  'takes off its network': ({ docker: { engine } }, { id, networkIds }) => {
    for (const name of networkIds.keys()) engine.disconnect(id, name);
  },
  'puts on another network': ({ docker: { engine } }, { id, sandboxId }) => {
    const other = engine.networks.all().at(-1);
    if (sandboxId === undefined && other !== undefined) engine.connect(id, other.name);
  },
  limits: ({ docker: { engine } }, { id, name }) => {
    const resources = { memoryBytes: 1e9, nanoCpus: 0, cpuShares: 0 };
    engine.update({ kind: 'update-container', id, name, resources, restart: 'no' });
  },
  'writes into the config maps of': (
    { docker: { engine }, clock },
    { id, name, desired: { mounts, resources, restart } },
  ) => {
    for (const { volume } of mounts.filter(({ path }) => path.startsWith(SANDBOX_FILES))) {
      Object.assign(engine.volumes.find(volume) ?? {}, { generation: '..0', switchedAt: clock.now() });
      // An engine does not tell of it; it is seen at the next look.
      engine.update({ kind: 'update-container', id, name, resources, restart });
    }
  },
  crashes: ({ docker: { engine } }, victim) => {
    if (isUp(victim)) engine.endProcess(victim.id, 1);
  },
  'restarts the engine of': ({ docker: { engine } }) => {
    engine.shutDown();
    engine.boot();
  },
  'deletes the image of': ({ docker: { engine } }, { desired: { image: reference } }) => {
    if (engine.images.delete(reference)) engine.events.emit({ kind: 'image', action: 'delete', reference });
  },
  'deletes the instance and the volumes of': (host, victim) => {
    const { engine } = host.docker;
    const volumes = volumesOf(host, victim);
    for (const one of engine.containers())
      if (one.desired.mounts.some(({ volume }) => volumes.includes(volume))) engine.remove(one.id);
    for (const name of volumes) removeVolume(host, name);
  },
  'deletes the network of': ({ docker: { engine } }, { networkIds }) => {
    for (const name of networkIds.keys()) {
      const network = engine.networks.find(name);
      if (network === undefined) continue;
      for (const one of engine.containers()) if (one.networkIds.has(name)) engine.disconnect(one.id, name);
      engine.networks.remove(network.id);
      engine.events.emit({ kind: 'network', action: 'destroy', id: network.id, name, container: undefined });
    }
  },
  'forgets what was noted of': (host, { labels }) => {
    const markers = host.docker.engine.volumes.markersOf(labels[LABEL.owner] ?? '');
    for (const { name } of markers) removeVolume(host, name);
  },
  'copies the labels of': ({ docker: { engine } }, { labels, desired }) => {
    const stranger = { ...labels, [LABEL.application]: 'stranger' };
    const network = { kind: 'network', network: engine.networks.all()[0]?.name ?? '', aliases: [] } as const;
    if (engine.images.has(desired.image))
      engine.create({
        container: { ...desired, name: `stranger-${desired.name}`, mounts: [], network },
        labels: stranger,
      });
  },
} as const satisfies Readonly<Record<string, Meddle>>;

export type Meddling = keyof typeof MEDDLING;
export const MEDDLINGS = Object.keys(MEDDLING) as readonly Meddling[];

/** `which`: picks whom it concerns; nothing is done where nobody is there. */
export function meddle(host: ActualHost, how: Meddling, which: number): void {
  const all = host.docker.engine.containers();
  const victim = all[which % Math.max(1, all.length)];
  const act: Meddle = MEDDLING[how];
  if (victim !== undefined) act(host, victim);
}
