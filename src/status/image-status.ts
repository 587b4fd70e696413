import type { ContainerSpec, InitContainerSpec, ServiceSpec } from '../model/application-spec.ts';
import type { ObservedImage } from '../model/observed.ts';
import type { ImageIndex } from '../plan/image-presence.ts';
import type { ImageStatus, ServiceWithImages } from './documents.ts';
import { formatDuration, formatTime } from './format.ts';

/** A pull by this daemon; both in ms, `at` since the epoch. */
export interface Pull {
  /** When it was done. */
  readonly at: number;
  /** How long it took. */
  readonly ms: number;
}

export interface ImageFacts {
  readonly images: ImageIndex;
  /** Images being pulled now. */
  readonly pulling: ReadonlySet<string>;
  /** The last pull of each image, by the name a specification has for it. */
  readonly pulls: ReadonlyMap<string, Pull>;
  /** Failed steps: id → message. */
  readonly failures: ReadonlyMap<string, string>;
}

/** The services of a specification, with the state of the image of every container (avassa-reference 5.3). */
export function withImageStatus(services: readonly ServiceSpec[], facts: ImageFacts): readonly ServiceWithImages[] {
  const told = <C extends ContainerSpec | InitContainerSpec>(spec: C) => ({
    ...spec,
    'image-status': imageStatus(spec.image, facts),
  });
  return services.map(({ 'init-containers': initContainers, containers, ...service }) => ({
    ...service,
    ...(initContainers === undefined ? {} : { 'init-containers': initContainers.map(told) }),
    ...(containers === undefined ? {} : { containers: containers.map(told) }),
  }));
}

/** Of one image on the host (contract 6). */
export function imageStatus(image: string, { images, pulling, pulls, failures }: ImageFacts): ImageStatus {
  const found = images.find(image);
  if (found !== undefined) return { status: 'present', digest: digestOf(found), ...pulled(pulls.get(image)) };
  if (pulling.has(image)) return { status: 'pulling' };
  const failure = failureOf(image, failures);
  return failure === undefined ? { status: 'missing' } : { status: 'error', 'error-message': failure };
}

/** Of the pull for everybody, or of one for an application. */
function failureOf(image: string, failures: ReadonlyMap<string, string>): string | undefined {
  const id = `pull image ${image}`;
  const own = [...failures].find(([step]) => step.startsWith(`${id} for `));
  return failures.get(id) ?? own?.[1];
}

function digestOf({ digests, id }: ObservedImage): string {
  return digests[0]?.split('@')[1] ?? id;
}

function pulled(pull: Pull | undefined): Pick<ImageStatus, 'last-pull' | 'pull-time'> {
  return pull === undefined ? {} : { 'last-pull': formatTime(pull.at), 'pull-time': formatDuration(pull.ms) };
}
