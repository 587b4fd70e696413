// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

/**
 * An application: services that are deployed together under one name and one version.
 */
export interface ApplicationSpec {
  /**
   * Name of the application, unique in its tenant.
   */
  name: string;
  /**
   * Version of the application. A new one makes every instance anew, following `upgrade-from`.
   */
  version?: string;
  /**
   * Labels put on the containers, for your own use. Fairlead does not look at them.
   */
  labels?: {
    [k: string]: string;
  };
  /**
   * Applications of the tenant that it needs at its site: it is started when all their instances are ready, and upgraded after them (extension).
   *
   * Items: A name that can be part of a DNS name.
   */
  'depends-on'?: string[];
  /**
   * The services of the application.
   */
  services: ServiceSpec[];
  resources?: ResourcesSpec;
  network?: ApplicationNetworkSpec;
  /**
   * What happens when a variable used in env, cmd or entrypoint gets another value while the text stays, as one from a secret may: the upgrade procedure, a restart of the instances it concerns, or nothing.
   */
  'on-mutable-variable-change'?: 'upgrade-application' | 'restart-service-instance' | 'ignore';
  /**
   * Upgrade procedures. The first entry that matches the running version is followed; without one, instances are replaced without coordination.
   */
  'upgrade-from'?: UpgradeFromSpec[];
}
/**
 * A part of an application: containers that are always placed together, any number of times.
 */
export interface ServiceSpec {
  /**
   * Name of the service; its instances are called <name>-1, <name>-2, …
   */
  name: string;
  /**
   * Whether a given number of instances runs, or one on every host that matches.
   */
  mode?: 'replicated' | 'one-per-matching-host';
  /**
   * How many instances run at each site. The services of one application have at most 61 together: its network has no more addresses.
   */
  replicas?: number;
  placement?: ServicePlacementSpec;
  'delayed-shutdown'?: DelayedShutdownSpec;
  /**
   * Storage and files the containers can mount; every instance has its own.
   */
  volumes?: VolumeSpec[];
  /**
   * Whether the containers of an instance see the processes of one another. Then the small init runs beside them, not in them.
   */
  'share-pid-namespace'?: boolean;
  /**
   * Values that can be referred to in env, cmd, entrypoint and the data of config maps: `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. Beside them there are those of the system (`SYS_SITE`, …).
   */
  variables?: VariableSpec[];
  /**
   * Containers that run to their end, one after the other, before the others start. One that fails is run again.
   */
  'init-containers'?: InitContainerSpec[];
  /**
   * The containers of every instance.
   */
  containers?: ContainerSpec[];
  vm?: VmSpec;
  network?: ServiceNetworkSpec;
  'site-dns-records'?: DnsRecordsSpec;
}
/**
 * Conditions and wishes on the hosts of a site.
 */
export interface ServicePlacementSpec {
  'preferred-affinity'?: AffinitySpec;
  'preferred-anti-affinity'?: AffinitySpec;
  /**
   * Only hosts whose labels match are considered; where none is, the instance is not placed.
   */
  'match-host-labels'?: string;
}
/**
 * A list of services.
 */
export interface AffinitySpec {
  /**
   * Names of services.
   *
   * Items: A name that can be part of a DNS name.
   */
  services: string[];
}
/**
 * How long and how many old instances may live on. It cannot be had together with a `host-port`, which old and new instance cannot both have.
 */
export interface DelayedShutdownSpec {
  /**
   * The longest an old instance may live on from the time it is asked to end. What replaces it is waited for as long, at most, before it is asked.
   */
  timeout: string;
  /**
   * How many old instances of the service may live on at once; the oldest go first. One whose successor is not ready yet stays.
   */
  'max-number-of-instances'?: number;
}
/**
 * A volume of one kind.
 */
export interface VolumeSpec {
  /**
   * Name of the volume, unique in its service.
   */
  name: string;
  'ephemeral-volume'?: EphemeralVolumeSpec;
  'persistent-volume'?: PersistentVolumeSpec;
  'config-map'?: ConfigMapSpec;
  'vault-secret'?: VaultSecretVolumeSpec;
}
/**
 * Space on a volume of the host, or in its memory.
 */
export interface EphemeralVolumeSpec {
  /**
   * How much may be stored.
   */
  size: string;
  /**
   * Permissions of the top folder. Without mode and owner it is as the engine makes it.
   */
  'file-mode'?: string;
  /**
   * Owner and group of the top folder. Without mode and owner it is as the engine makes it.
   */
  'file-ownership'?: string;
  /**
   * Only volumes of the host whose labels match are considered; without it the first is taken. Where none is, the instance is not placed.
   */
  'match-volume-labels'?: string;
  /**
   * Where the data is kept (extension). `memory` is empty again after every start of the instance.
   */
  medium?: 'disk' | 'memory';
}
/**
 * Space on a volume of the host.
 */
export interface PersistentVolumeSpec {
  /**
   * How much may be stored.
   */
  size: string;
  /**
   * Permissions of the top folder. Without mode and owner it is as the engine makes it.
   */
  'file-mode'?: string;
  /**
   * Owner and group of the top folder. Without mode and owner it is as the engine makes it.
   */
  'file-ownership'?: string;
  /**
   * Only volumes of the host whose labels match are considered; without it the first is taken. Where none is, the instance is not placed.
   */
  'match-volume-labels'?: string;
}
/**
 * A set of files.
 */
export interface ConfigMapSpec {
  /**
   * The files.
   */
  items: ConfigMapItemSpec[];
}
/**
 * A file and its content.
 */
export interface ConfigMapItemSpec {
  /**
   * Name of the file.
   */
  name: string;
  /**
   * Content of the file; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   */
  data: string;
  /**
   * Permissions of the file.
   */
  'file-mode'?: string;
  /**
   * Owner and group of the file.
   */
  'file-ownership'?: string;
}
/**
 * A secret of a vault.
 */
export interface VaultSecretVolumeSpec {
  /**
   * Name of the vault.
   */
  vault: string;
  /**
   * Name of the secret in the vault.
   */
  secret: string;
  /**
   * Permissions of the files.
   */
  'file-mode'?: string;
  /**
   * Owner and group of the files.
   */
  'file-ownership'?: string;
}
/**
 * A named value.
 */
export interface VariableSpec {
  /**
   * Name of the variable; names beginning with `SYS_` are those of the system.
   */
  name: string;
  /**
   * The value itself.
   */
  value?: string;
  'value-from-vault-secret'?: SecretKeySpec;
}
/**
 * One key of a secret of a vault.
 */
export interface SecretKeySpec {
  /**
   * Name of the vault.
   */
  vault: string;
  /**
   * Name of the secret in the vault.
   */
  secret: string;
  /**
   * The key in the secret.
   */
  key: string;
}
/**
 * A container that runs to its end before the containers of the service start.
 */
export interface InitContainerSpec {
  /**
   * Name of the container, unique among the containers and init containers of its service.
   */
  name: string;
  /**
   * The image the container is made from.
   */
  image: string;
  /**
   * When the image is pulled: only when the host lacks it, or before a container is made, once a minute for one text at most; a pull that fails stops nothing (extension).
   */
  'image-pull'?: 'when-absent' | 'always';
  /**
   * Replaces the entry point of the image; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   *
   * Items: One argument of a command.
   */
  entrypoint?: string[];
  /**
   * Replaces the arguments of the image; an empty list means no arguments, leaving it out means the image's own; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   *
   * Items: One argument of a command.
   */
  cmd?: string[];
  /**
   * Environment variables; values are text, in which `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * The user the processes run as.
   */
  user?: string;
  /**
   * Most memory the container may use.
   */
  memory?: string;
  /**
   * Most processor time the container may use, in processors.
   */
  cpus?: number;
  /**
   * Weight in the competition for processor time.
   */
  'cpu-shares'?: number;
  /**
   * How long a container may take to end after it was asked to, before it is killed.
   */
  'shutdown-timeout'?: string;
  /**
   * Starts the process without the small init that reaps orphans and forwards signals.
   */
  'no-builtin-init'?: boolean;
  /**
   * Volumes of the service laid into the file system of the container.
   */
  mounts?: MountSpec[];
  /**
   * Linux capabilities on top of the usual ones; with or without `CAP_`, `ALL` for every one.
   *
   * Items: A Linux capability.
   */
  'additional-capabilities'?: string[];
  devices?: DevicesSpec;
  /**
   * Most disk space of the writable layer.
   */
  'container-layer-size'?: string;
  /**
   * Most disk space of the log, 2 KiB or more. `0B` keeps none, so there is none to read; without it the log is kept as the engine is configured to.
   */
  'container-log-size'?: string;
  /**
   * Age in days beyond which log lines are not shown; a log that is kept when its container is gone is removed at that age. Disk space is bounded by `container-log-size`, not by age.
   */
  'container-log-max-days'?: number;
  /**
   * Keeps the log when the container is replaced or removed, also with its application: in a volume of its own, until it is older than `container-log-max-days`. Of one container all kept logs together are at most `container-log-size`; the oldest go first. Without these two everything is kept.
   */
  'container-log-archive'?: boolean;
  /**
   * The application role whose credentials the container may ask for.
   */
  approle?: string;
  security?: SecuritySpec;
  gpu?: GpuSpec;
}
/**
 * A volume, or single files of it, at a place in the container.
 */
export interface MountSpec {
  /**
   * The volume of the service.
   */
  'volume-name': string;
  /**
   * Where the whole volume appears; a folder.
   */
  'mount-path'?: string;
  /**
   * Single files of a config map or secret and where they appear. They are links, so a change arrives at once and whole.
   */
  files?: MountedFileSpec[];
  /**
   * Whether the container may write. A file of a config map that it wrote to is replaced with the next change of that.
   */
  mode?: 'read-write' | 'read-only';
}
/**
 * One file of a volume.
 */
export interface MountedFileSpec {
  /**
   * The file in the volume.
   */
  name: string;
  /**
   * Where the file appears.
   */
  'mount-path': string;
}
/**
 * Devices by the labels the site gives them.
 */
export interface DevicesSpec {
  /**
   * Labels of the devices. The container gets every device that has one of them; a label that no device has keeps the instance from being placed.
   *
   * Items: A name that can be part of a DNS name.
   */
  'device-labels'?: string[];
}
/**
 * Switches of SELinux and AppArmor.
 */
export interface SecuritySpec {
  selinux?: SwitchOffSpec;
  apparmor?: SwitchOffSpec;
}
/**
 * Whether a mechanism is off.
 */
export interface SwitchOffSpec {
  /**
   * Switches it off for this container.
   */
  disabled?: boolean;
}
/**
 * Which graphics processors, and what they are for.
 */
export interface GpuSpec {
  /**
   * Labels a graphics processor has to have, all of them.
   *
   * Items: A name that can be part of a DNS name.
   */
  labels?: string[];
  /**
   * How many.
   */
  'number-gpus'?: number;
  /**
   * Conditions on the properties of a graphics processor, all of which must hold.
   *
   * Items: A property, `==` and its value in quotes.
   */
  'nvidia-patterns'?: string[];
  /**
   * Driver features made available, joined by commas.
   */
  'nvidia-driver-capabilities'?: string;
}
/**
 * One container of a service.
 */
export interface ContainerSpec {
  /**
   * Name of the container, unique among the containers and init containers of its service.
   */
  name: string;
  /**
   * The image the container is made from.
   */
  image: string;
  /**
   * When the image is pulled: only when the host lacks it, or before a container is made, once a minute for one text at most; a pull that fails stops nothing (extension).
   */
  'image-pull'?: 'when-absent' | 'always';
  /**
   * Replaces the entry point of the image; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   *
   * Items: One argument of a command.
   */
  entrypoint?: string[];
  /**
   * Replaces the arguments of the image; an empty list means no arguments, leaving it out means the image's own; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   *
   * Items: One argument of a command.
   */
  cmd?: string[];
  /**
   * Environment variables; values are text, in which `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * The user the processes run as.
   */
  user?: string;
  /**
   * Most memory the container may use.
   */
  memory?: string;
  /**
   * Most processor time the container may use, in processors.
   */
  cpus?: number;
  /**
   * Weight in the competition for processor time.
   */
  'cpu-shares'?: number;
  /**
   * How long a container may take to end after it was asked to, before it is killed.
   */
  'shutdown-timeout'?: string;
  /**
   * Starts the process without the small init that reaps orphans and forwards signals.
   */
  'no-builtin-init'?: boolean;
  /**
   * Volumes of the service laid into the file system of the container.
   */
  mounts?: MountSpec[];
  /**
   * Ports opened on the host (extension).
   */
  ports?: ContainerPortSpec[];
  /**
   * Linux capabilities on top of the usual ones; with or without `CAP_`, `ALL` for every one.
   *
   * Items: A Linux capability.
   */
  'additional-capabilities'?: string[];
  devices?: DevicesSpec;
  /**
   * Most disk space of the writable layer.
   */
  'container-layer-size'?: string;
  /**
   * Most disk space of the log, 2 KiB or more. `0B` keeps none, so there is none to read; without it the log is kept as the engine is configured to.
   */
  'container-log-size'?: string;
  /**
   * Age in days beyond which log lines are not shown; a log that is kept when its container is gone is removed at that age. Disk space is bounded by `container-log-size`, not by age.
   */
  'container-log-max-days'?: number;
  /**
   * Keeps the log when the container is replaced or removed, also with its application: in a volume of its own, until it is older than `container-log-max-days`. Of one container all kept logs together are at most `container-log-size`; the oldest go first. Without these two everything is kept.
   */
  'container-log-archive'?: boolean;
  /**
   * The application role whose credentials the container may ask for.
   */
  approle?: string;
  security?: SecuritySpec;
  gpu?: GpuSpec;
  /**
   * Asks an old container to come to its end: run in it when what replaces its instance is ready, for a minute at the longest. The instance goes when every container with such a command has ended; where none has one, when all have. After a crash of Fairlead it may be run twice.
   *
   * Items: One argument of a command.
   */
  'delayed-shutdown-cmd'?: string[];
  'on-mounted-file-change'?: OnMountedFileChangeSpec;
  probes?: ProbesSpec;
}
/**
 * A port of the container, reachable from outside at the address of the host (extension).
 */
export interface ContainerPortSpec {
  /**
   * The port the container listens on.
   */
  'container-port': number;
  /**
   * The port of the host. Left out, the engine picks a free one.
   */
  'host-port'?: number;
  /**
   * The address of the host it is opened at; `0.0.0.0` is every one.
   */
  'host-ip'?: string;
  /**
   * The protocol.
   */
  protocol?: 'tcp' | 'udp';
}
/**
 * A restart, or a command run in the container.
 */
export interface OnMountedFileChangeSpec {
  /**
   * Restarts the container.
   */
  restart?: true;
  /**
   * Run in the container after the change. It has a minute; until it ends with 0 it is tried again, ever later.
   *
   * Items: One argument of a command.
   */
  cmd?: string[];
}
/**
 * The three questions put to a container.
 */
export interface ProbesSpec {
  startup?: ProbeSpec;
  readiness?: ProbeSpec;
  liveness?: ProbeSpec;
}
/**
 * How to ask, and how often.
 */
export interface ProbeSpec {
  exec?: ExecProbeSpec;
  tcp?: TcpProbeSpec;
  http?: HttpProbeSpec;
  /**
   * Wait before the first question.
   */
  'initial-delay'?: string;
  /**
   * The longest an answer may take.
   */
  timeout?: string;
  /**
   * Time between two questions.
   */
  period?: string;
  /**
   * Successes in a row that count as well.
   */
  'success-threshold'?: number;
  /**
   * Failures in a row that count as not well.
   */
  'failure-threshold'?: number;
}
/**
 * A command; exit code 0 is a success.
 */
export interface ExecProbeSpec {
  /**
   * The command and its arguments.
   *
   * Items: One argument of a command.
   */
  cmd: string[];
}
/**
 * A connection; being accepted is a success.
 */
export interface TcpProbeSpec {
  /**
   * The port to connect to.
   */
  port: number;
}
/**
 * A GET request.
 */
export interface HttpProbeSpec {
  /**
   * Protocol of the request.
   */
  scheme?: 'http' | 'https';
  /**
   * Host asked; by default the instance itself.
   */
  host?: string;
  /**
   * Port asked.
   */
  port: number;
  /**
   * Path of the request.
   */
  path?: string;
  /**
   * Headers sent along.
   */
  'request-headers'?: {
    [k: string]: string;
  };
}
/**
 * A virtual machine. Its fields are not settled yet; whatever stands here is kept.
 */
export interface VmSpec {
  [k: string]: unknown;
}
/**
 * The network of an instance beyond the application network.
 */
export interface ServiceNetworkSpec {
  /**
   * Uses the network of the host itself.
   */
  host?: boolean;
  'ingress-ip-per-instance'?: IngressSpec;
  'outbound-access'?: AccessPolicySpec;
}
/**
 * An address from outside, and what is let in.
 */
export interface IngressSpec {
  /**
   * Protocols and ports let in.
   */
  protocols?: IngressProtocolSpec[];
  /**
   * Only host interfaces whose labels match are considered.
   */
  'match-interface-labels'?: string;
  /**
   * Only address ranges whose labels match are considered.
   */
  'match-ipv4-range-labels'?: string;
  'dns-records'?: IngressDnsRecordsSpec;
  'inbound-access'?: AccessPolicySpec;
}
/**
 * A protocol and its ports.
 */
export interface IngressProtocolSpec {
  /**
   * The protocol.
   */
  name: 'tcp' | 'udp' | 'icmp' | 'sctp';
  /**
   * The ports let in.
   */
  'port-ranges'?: string;
}
/**
 * Records by domain.
 */
export interface IngressDnsRecordsSpec {
  /**
   * The domains.
   */
  domains: IngressDnsDomainSpec[];
}
/**
 * Records of one domain.
 */
export interface IngressDnsDomainSpec {
  /**
   * The domain; `default` is that of the site.
   */
  domain: string;
  /**
   * Service records; their target is the instance.
   */
  srv?: IngressSrvRecordSpec[];
}
/**
 * A service record.
 */
export interface IngressSrvRecordSpec {
  /**
   * Left part of the record.
   */
  name: string;
  /**
   * Lower is tried first.
   */
  priority?: number;
  /**
   * Share among records of one priority.
   */
  weight?: number;
  /**
   * The port of the service.
   */
  port: number;
}
/**
 * Everything, nothing, or rules by address.
 */
export interface AccessPolicySpec {
  /**
   * Everything is allowed.
   */
  'allow-all'?: true;
  /**
   * Nothing is allowed.
   */
  'deny-all'?: true;
  /**
   * What happens to addresses no rule covers.
   */
  'default-action'?: 'allow' | 'deny';
  /**
   * Action by IPv4 prefix; the longest prefix that covers an address decides.
   */
  rules?: {
    /**
     * Whether a connection is let through.
     */
    [k: string]: 'allow' | 'deny';
  };
}
/**
 * Records by domain.
 */
export interface DnsRecordsSpec {
  /**
   * The domains.
   */
  domains: DnsDomainSpec[];
}
/**
 * Records of one domain.
 */
export interface DnsDomainSpec {
  /**
   * The domain; `default` is that of the site.
   */
  domain: string;
  /**
   * Service records.
   */
  srv?: SrvRecordSpec[];
  /**
   * Aliases.
   */
  cname?: CnameRecordSpec[];
  /**
   * Naming authority pointers.
   */
  naptr?: NaptrRecordSpec[];
}
/**
 * A service record.
 */
export interface SrvRecordSpec {
  /**
   * Left part of the record.
   */
  name: string;
  /**
   * Lower is tried first.
   */
  priority?: number;
  /**
   * Share among records of one priority.
   */
  weight?: number;
  /**
   * The port of the service.
   */
  port: number;
  /**
   * The host that serves.
   */
  target: string;
}
/**
 * An alias.
 */
export interface CnameRecordSpec {
  /**
   * Left part of the record.
   */
  name: string;
  /**
   * The name it stands for.
   */
  cname: string;
}
/**
 * A naming authority pointer.
 */
export interface NaptrRecordSpec {
  /**
   * Left part of the record.
   */
  name: string;
  /**
   * Lower is tried first.
   */
  order: number;
  /**
   * Lower is tried first among records of one order.
   */
  preference: number;
  /**
   * How the next step is taken.
   */
  flags?: string;
  /**
   * The service and protocol.
   */
  services?: string;
  /**
   * The substitution.
   */
  regexp?: string;
  /**
   * The next name to look up, in place of a substitution.
   */
  replacement?: string;
}
/**
 * Limits for the application as a whole.
 */
export interface ResourcesSpec {
  network?: NetworkResourcesSpec;
}
/**
 * Bandwidth on each host.
 */
export interface NetworkResourcesSpec {
  /**
   * Most the application may send from a host.
   */
  'upstream-bandwidth-per-host'?: string;
  /**
   * Most the application may receive on a host.
   */
  'downstream-bandwidth-per-host'?: string;
}
/**
 * The network between the instances of the application.
 */
export interface ApplicationNetworkSpec {
  /**
   * A network shared with other applications of the tenant that name it. On it, instances find one another by the names that hold the application (`web.shop`, `web.shop.internal`); all of them together have at most 61 addresses.
   */
  'shared-application-network'?: string;
}
/**
 * How to upgrade from the versions that match.
 */
export interface UpgradeFromSpec {
  /**
   * Searched for in the version that runs.
   */
  'version-regexp': string;
  /**
   * Service by service in batches, or everything at once.
   */
  method: 'per-service' | 'stop-and-restart';
  /**
   * The services in the order they are upgraded.
   */
  services?: UpgradeServiceSpec[];
  /**
   * The longest a batch may take to become ready; pulls do not count (extension).
   */
  'progress-deadline'?: string;
  /**
   * What happens after a failed upgrade: everything stays as it is, or the old version comes back (extension).
   */
  'on-failure'?: 'stop' | 'rollback';
}
/**
 * The batches of one service.
 */
export interface UpgradeServiceSpec {
  /**
   * The service.
   */
  name: string;
  /**
   * Size of a batch.
   */
  'instances-in-parallel'?: number;
  /**
   * How long a batch must be ready before the next begins.
   */
  'healthy-time'?: string;
}
