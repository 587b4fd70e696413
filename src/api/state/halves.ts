import type { Application, ApplicationState, DeploymentState } from '../../status/documents.ts';
import type { Content } from '../protocol/query.ts';

// The two halves of a state document: `content=config` is what was configured, `content=nonconfig` what is seen of it.
// The name is in both.

/** Every key that a specification does not have: the compiler knows when one is missing here. */
const SEEN = {
  'config-modified-time': true,
  'locally-deployed': true,
  'application-deployment': true,
  'oper-status': true,
  'error-message': true,
  progress: true,
  upgrade: true,
  waiting: true,
  warnings: true,
  'service-instances': true,
} satisfies Record<Exclude<keyof ApplicationState, keyof Application>, true>;

const SEEN_OF_APPLICATION: ReadonlySet<string> = new Set(Object.keys(SEEN));

export function applicationHalf(state: ApplicationState, content: Content): object {
  const { services } = state;
  switch (content) {
    case 'all':
      return state;
    case 'config':
      return {
        ...pick(state, (key) => !SEEN_OF_APPLICATION.has(key)),
        ...(services === undefined
          ? {}
          : { services: services.map((service) => mapContainers(service, withoutImage)) }),
      };
    case 'nonconfig':
      return {
        ...pick(state, (key) => key === 'name' || SEEN_OF_APPLICATION.has(key)),
        ...(services === undefined ? {} : { services: services.map(seenOfService) }),
      };
    default:
      return content satisfies never;
  }
}

export function deploymentHalf(state: DeploymentState, content: Content): object {
  switch (content) {
    case 'all':
      return state;
    case 'config':
      return pick(state, (key) => key !== 'status');
    case 'nonconfig':
      return pick(state, (key) => key === 'name' || key === 'status');
    default:
      return content satisfies never;
  }
}

function seenOfService(service: object): object {
  const named = pick(service, (key) => key === 'name' || CONTAINER_LISTS.has(key));
  return mapContainers(named, (container) => pick(container, (key) => key === 'name' || key === 'image-status'));
}

function withoutImage(container: object): object {
  return pick(container, (key) => key !== 'image-status');
}

const CONTAINER_LISTS: ReadonlySet<string> = new Set(['containers', 'init-containers']);

/** The service with its containers, of both kinds, changed. */
function mapContainers(service: object, change: (container: object) => object): object {
  const entries = Object.entries(service).map(([key, value]: [string, unknown]): [string, unknown] =>
    CONTAINER_LISTS.has(key) && Array.isArray(value) ? [key, value.filter(isObject).map(change)] : [key, value],
  );
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function pick(value: object, wanted: (key: string) => boolean): object {
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.filter(([key]) => wanted(key)));
}
