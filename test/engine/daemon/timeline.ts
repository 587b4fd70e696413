import { watchEngine, type EngineEvent } from '../../../scripts/chaos/watch.mjs';
import { ENGINE } from './daemon-process.ts';

// What the engine says was done to the containers of an application, and when: the order of an upgrade is told by it alone.

/** What was done to one container: times are ms since the epoch, by the engine's clock. */
export interface Deed {
  readonly at: number;
  /** `create`, `start`, `kill`, `die`, `destroy` */
  readonly action: string;
  /** `web-1` */
  readonly instance: string;
  readonly isSandbox: boolean;
  readonly version: string;
}

export interface Timeline {
  /** Of one application, `acme.shop`, in their order; `since`: none before. */
  deeds(application: string, since?: number): readonly Deed[];
  /** Kinds of the markers of an application that were made, in their order: `upgrade`, `upgrade-aborted`. */
  markers(application: string): readonly string[];
  close(): void;
}

const DEEDS = new Set(['create', 'start', 'kill', 'die', 'destroy']);

/** Listens from now on. */
export async function openTimeline(): Promise<Timeline> {
  const events: EngineEvent[] = [];
  const { close } = await watchEngine(ENGINE, (event) => void events.push(event));
  return {
    deeds: (application, since = 0) =>
      events.flatMap((event) => (event.at >= since && isOf(event, application) ? toDeed(event) : [])),
    markers: (application) =>
      events
        .filter(({ type, action, id }) => type === 'volume' && action === 'create' && id.startsWith(`${application}_`))
        .map(({ id }) => id.split('_')[1]!),
    close,
  };
}

function isOf({ type, action, labels }: EngineEvent, application: string): boolean {
  const { 'io.fairlead.tenant': tenant, 'io.fairlead.application': name } = labels;
  return type === 'container' && DEEDS.has(action) && `${tenant}.${name}` === application;
}

function toDeed({ at, action, labels }: EngineEvent): Deed {
  const label = (name: string) => labels[`io.fairlead.${name}`] ?? '';
  return {
    at,
    action,
    instance: `${label('service')}-${label('instance')}`,
    isSandbox: label('role') === 'sandbox',
    version: label('application-version'),
  };
}

/** When an old instance was first touched, and when the new one was all up. */
export interface Change {
  readonly instance: string;
  readonly stopped: number;
  readonly up: number;
}

/** How the instances were changed to a version from the one each had before, in the order in which they were stopped. */
export function changesTo(version: string, deeds: readonly Deed[]): readonly Change[] {
  const instances = new Set(deeds.filter((deed) => deed.version === version).map(({ instance }) => instance));
  return [...instances].map((instance) => changeOf(instance, version, deeds)).sort((a, b) => a.stopped - b.stopped);
}

function changeOf(instance: string, version: string, deeds: readonly Deed[]): Change {
  const own = deeds.filter((deed) => deed.instance === instance);
  const made = own.findIndex((deed) => deed.version === version);
  const ends = own.slice(0, made).filter(({ action }) => action === 'kill' || action === 'die');
  const former = ends.at(-1)?.version;
  const starts = own.filter((deed) => deed.version === version && deed.action === 'start');
  return {
    instance,
    stopped: Math.min(...ends.filter((deed) => deed.version === former).map(({ at }) => at)),
    up: Math.max(...starts.map(({ at }) => at)),
  };
}
