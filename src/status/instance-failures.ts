import type { DesiredApplication, DesiredContainer, DesiredInstance } from '../model/desired.ts';

// Which failed steps stand in the way of which container. A step is known by its sentence (plan/steps.ts).

export interface FailureFacts {
  readonly application: DesiredApplication;
  readonly desired: DesiredInstance;
  /** Failed steps: id → message. */
  readonly failures: ReadonlyMap<string, string>;
}

/** The first failed step that keeps this container from running, in the order they are taken. */
export function failureOf(facts: FailureFacts, container: DesiredContainer): string | undefined {
  const { application, desired } = facts;
  const { sandbox, volumes, files } = desired;
  return firstOf(facts, [
    `create network ${application.network}`,
    `make sandbox image ${sandbox.image}`,
    `pull image ${container.image}`,
    `pull image ${container.image} for ${application.key}`,
    `stop container ${container.name}`,
    `remove container ${container.name}`,
    `remove container ${sandbox.name}`,
    ...volumes.flatMap(({ name }) => [`remove volume ${name}`, `create volume ${name}`]),
    `create sandbox ${sandbox.name}`,
    `start container ${sandbox.name}`,
    ...volumes.filter(({ volume }) => files.some((one) => one.volume === volume)).map(writeStep),
    `create ${container.role === 'init-container' ? 'init container' : 'container'} ${container.name}`,
    `note files of ${container.name}`,
    `start container ${container.name}`,
    `unpause container ${container.name}`,
  ]);
}

/** The first failed step that a container runs on without: its files are not the newest, or it does not know of them. */
export function concernOf(facts: FailureFacts, container: DesiredContainer): string | undefined {
  const mounted = new Set(container.mounts.map(({ volume }) => volume));
  const message = firstOf(facts, [
    ...facts.desired.volumes.filter(({ name }) => mounted.has(name)).map(writeStep),
    `announce files to ${container.name}`,
  ]);
  return message === undefined ? undefined : `its files are not up to date: ${message}`;
}

/** What an upgrade or a repair waits for while containers run on: said, so that nobody waits in vain. */
export function firstFailure(facts: FailureFacts): string | undefined {
  const { initContainers, containers } = facts.desired;
  const waiting = [...initContainers, ...containers].map((wanted) => ({ wanted, failure: failureOf(facts, wanted) }));
  const first = waiting.find(({ failure }) => failure !== undefined);
  return first === undefined ? undefined : `${first.wanted.container}: ${first.failure ?? ''}`;
}

function writeStep({ name }: { readonly name: string }): string {
  return `write files of ${name}`;
}

function firstOf({ failures }: FailureFacts, steps: readonly string[]): string | undefined {
  return steps.map((step) => failures.get(step)).find((message) => message !== undefined);
}
