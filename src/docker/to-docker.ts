import type { DesiredContainer, NetworkAttachment } from '../model/desired.ts';
import type { Labels } from '../model/labels.ts';
import type { ActionOf } from '../model/plan.ts';
import { toExposedPorts, toHostConfig, toLimits } from './to-host-config.ts';
import type { WireCreateContainer, WireCreateNetwork, WireUpdateContainer } from './wire.ts';

/** What the engine has to be asked before a container can be made. */
export interface CreateFacts {
  /** The image's entrypoint, where `needsImageEntrypoint`. */
  readonly imageEntrypoint?: readonly string[];
  /** The sandbox's id, for a member: a newer namesake of the sandbox is never joined. */
  readonly sandboxId?: string;
  /** False: the engine has refused a size for the writable layer, which is left without one. */
  readonly limitsLayer?: boolean;
}

/**
 * The body that makes a container.
 *
 * `cmd: []` without an entrypoint means "no arguments", which the engine reads as "the image's own": such a container
 * gets the image's entrypoint named explicitly. An own entrypoint without `cmd` gets no arguments, as with Docker: the
 * image's CMD belongs to the image's ENTRYPOINT.
 */
export function toCreateContainer(
  { container, labels }: ActionOf<'create-container'>,
  { imageEntrypoint, sandboxId, limitsLayer = true }: CreateFacts = {},
): WireCreateContainer {
  const entrypoint = container.entrypoint ?? imageEntrypoint;
  return {
    Image: container.image,
    ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
    ...(container.cmd === undefined ? {} : { Cmd: container.cmd }),
    Env: toEnv(container.env),
    ...(container.user === undefined ? {} : { User: container.user }),
    ...(container.hostname === undefined ? {} : { Hostname: container.hostname }),
    Labels: labels,
    StopTimeout: Math.ceil(container.stopTimeoutMs / 1000),
    ...toExposedPorts(container.ports),
    HostConfig: toHostConfig(container, sandboxId, limitsLayer),
    ...toNetworking(container.network),
  };
}

/** True when the engine would otherwise put the image's CMD where the specification says "no arguments". */
export function needsImageEntrypoint(container: DesiredContainer): boolean {
  return container.cmd?.length === 0 && container.entrypoint === undefined;
}

/** A limit of 0 is left out: the engine takes 0 for "as it is" and cannot lift a limit. */
export function toUpdateContainer({ resources, restart }: ActionOf<'update-container'>): WireUpdateContainer {
  return { ...toLimits(resources), RestartPolicy: { Name: restart } };
}

/** `CheckDuplicate`: without it an engine before 25 makes two networks of one name. */
export function toCreateNetwork({ network, subnet, labels }: ActionOf<'create-network'>): WireCreateNetwork {
  return {
    Name: network,
    CheckDuplicate: true,
    Driver: 'bridge',
    IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
    Labels: labels,
  };
}

/** What a helper has of others, in the engine's words. */
export type HelperPlace = Pick<WireCreateContainer['HostConfig'], 'NetworkMode' | 'PidMode' | 'Mounts'>;

/** Lease or relay: by default in the host's network namespace, without rights, gone with the connection to its stdin. */
export function toCreateAttached(
  image: string,
  command: string | readonly string[],
  labels: Labels,
  place: HelperPlace = { NetworkMode: 'host' },
): WireCreateContainer {
  return {
    Image: image,
    Cmd: [command].flat(),
    Labels: labels,
    AttachStdin: true,
    AttachStdout: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      ...place,
      AutoRemove: true,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'none' },
    },
  };
}

function toNetworking(attachment: NetworkAttachment): Pick<WireCreateContainer, 'NetworkingConfig'> {
  if (attachment.kind === 'sandbox') return {};
  return { NetworkingConfig: { EndpointsConfig: { [attachment.network]: { Aliases: attachment.aliases } } } };
}

function toEnv(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(env)
    .sort()
    .map((name) => `${name}=${env[name] ?? ''}`);
}
