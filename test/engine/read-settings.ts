import { askEngine } from '../engine-hosts/engine-client.ts';
import type { ContainerSettings } from '../contract/docker-contract.ts';

/** The part of an inspect that the contract asks about. */
interface Inspected {
  readonly Id: string;
  readonly HostConfig: {
    readonly NetworkMode: string;
    readonly PidMode: string;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Devices: readonly { readonly PathOnHost: string; readonly PathInContainer: string }[] | null;
    readonly LogConfig: { readonly Type: string };
  };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string; readonly RW: boolean }[];
}

/** What an engine was told about a container, asked without Fairlead's adapter. */
export async function readSettings(endpoint: string, name: string): Promise<ContainerSettings> {
  const { HostConfig, Mounts } = JSON.parse(await askEngine(endpoint, `/containers/${name}/json`)) as Inspected;
  const mounts = Mounts.map(({ Name = '', Destination, RW }) => ({ volume: Name, path: Destination, readOnly: !RW }));
  return {
    capabilitiesAdded: (HostConfig.CapAdd ?? []).map((capability) => capability.replace(/^CAP_/, '')).sort(),
    securityOptions: HostConfig.SecurityOpt ?? [],
    devices: (HostConfig.Devices ?? []).map(({ PathInContainer }) => PathInContainer),
    logDriver: HostConfig.LogConfig.Type,
    sharesProcesses: HostConfig.PidMode !== '' && HostConfig.PidMode === HostConfig.NetworkMode,
    mounts: mounts.sort((a, b) => a.path.localeCompare(b.path)),
  };
}

/** Where a link in a running container leads, by its own `readlink`; undefined: there is none. */
export async function readLink(endpoint: string, name: string, path: string): Promise<string | undefined> {
  const json = { Cmd: ['readlink', '-n', path], AttachStdout: true, Tty: true };
  const made = await askEngine(endpoint, `/containers/${name}/exec`, { method: 'POST', json });
  const { Id } = JSON.parse(made) as { readonly Id: string };
  const target = await askEngine(endpoint, `/exec/${Id}/start`, { method: 'POST', json: { Tty: true } });
  return target === '' ? undefined : target;
}
