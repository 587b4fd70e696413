// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

import type {
  ApplicationNetworkSpec,
  ContainerPortSpec,
  DelayedShutdownSpec,
  DevicesSpec,
  DnsRecordsSpec,
  GpuSpec,
  MountSpec,
  OnMountedFileChangeSpec,
  ProbesSpec,
  ResourcesSpec,
  SecuritySpec,
  ServiceNetworkSpec,
  ServicePlacementSpec,
  ServiceSpec,
  UpgradeFromSpec,
  VariableSpec,
  VmSpec,
  VolumeSpec,
} from '../model/application-spec.ts';
import type { DeployToSitesSpec, SitePlacementSpec } from '../model/application-deployment-spec.ts';
import type { HostSpec, UpgradeWindowSpec } from '../model/site-spec.ts';

/** An application: services that are deployed together under one name and one version. */
export interface Application {
  /** Name of the application, unique in its tenant. `shop` */
  readonly name: string;
  /** Version of the application. A new one makes every instance anew, following `upgrade-from`. `1.10` */
  readonly version?: string;
  /** Labels put on the containers, for your own use. Fairlead does not look at them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Applications of the tenant that it needs at its site: it is started when all their instances are ready, and upgraded after them (extension). */
  readonly 'depends-on'?: readonly string[];
  /** The services of the application. */
  readonly services: readonly ServiceSpec[];
  /** Limits for the application as a whole. */
  readonly resources?: ResourcesSpec;
  /** The network between the instances of the application. */
  readonly network?: ApplicationNetworkSpec;
  /** What happens when a variable used in env, cmd or entrypoint gets another value while the text stays, as one from a secret may: the upgrade procedure, a restart of the instances it concerns, or nothing. `ignore` */
  readonly 'on-mutable-variable-change'?: 'upgrade-application' | 'restart-service-instance' | 'ignore';
  /** Upgrade procedures. The first entry that matches the running version is followed; without one, instances are replaced without coordination. */
  readonly 'upgrade-from'?: readonly UpgradeFromSpec[];
  /** Whose it is: in what the site provider sees of every tenant at once, and sends there. `acme` */
  readonly tenant?: Name;
}

/** An application as it is to run, with what is seen of it. The keys of the specification are absent while no valid text of it is known. */
export interface ApplicationState {
  /** Name of the application, unique in its tenant. `shop` */
  readonly name: string;
  /** Version of the application. A new one makes every instance anew, following `upgrade-from`. `1.10` */
  readonly version?: string;
  /** Labels put on the containers, for your own use. Fairlead does not look at them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Applications of the tenant that it needs at its site: it is started when all their instances are ready, and upgraded after them (extension). */
  readonly 'depends-on'?: readonly string[];
  /** The services of the application, with the state of every image. */
  readonly services?: readonly ServiceWithImages[];
  /** Limits for the application as a whole. */
  readonly resources?: ResourcesSpec;
  /** The network between the instances of the application. */
  readonly network?: ApplicationNetworkSpec;
  /** What happens when a variable used in env, cmd or entrypoint gets another value while the text stays, as one from a secret may: the upgrade procedure, a restart of the instances it concerns, or nothing. `ignore` */
  readonly 'on-mutable-variable-change'?: 'upgrade-application' | 'restart-service-instance' | 'ignore';
  /** Upgrade procedures. The first entry that matches the running version is followed; without one, instances are replaced without coordination. */
  readonly 'upgrade-from'?: readonly UpgradeFromSpec[];
  /** Whose it is: in what the site provider sees of every tenant at once, and sends there. `acme` */
  readonly tenant?: Name;
  /** When its text, or that of its deployment, last changed. */
  readonly 'config-modified-time': Time;
  /** Whether it is deployed to this site. */
  readonly 'locally-deployed': boolean;
  /** The deployment that brings it to this site. `shop-everywhere` */
  readonly 'application-deployment'?: Name;
  /** How it is. `running` */
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** An upgrade under way, or what waits and why, in a sentence (extension). `version 1.0 → 2.0, batch 2 of 4: 3 done, 7 left; waiting for web-3 to be ready` */
  readonly progress?: string;
  /** An upgrade under way, in figures (extension). */
  readonly upgrade?: Upgrade;
  /** Why nothing of it changes now (extension). */
  readonly waiting?: Waiting;
  /** What it asks for and does not get (extension). */
  readonly warnings: readonly string[];
  /** Its instances on this site. */
  readonly 'service-instances': readonly ServiceInstance[];
}

/** Why an application is kept as it is, and what waits. */
export interface Waiting {
  /** What waits: its start, another version, any other change, or its removal. With `nothing` it is as wished, and would wait. `upgrade` */
  readonly what: 'start' | 'upgrade' | 'change' | 'removal' | 'nothing';
  /** Why: its deployment is suspended, upgrades are blocked at the site, no upgrade window of the site is open, an application that it depends on is not ready or not upgraded yet, or is not deployed here. `upgrade-window` */
  readonly cause: 'suspended' | 'upgrades-blocked' | 'upgrade-window' | 'dependency' | 'missing-dependency';
  /** That in a sentence. `version 2.0 waits: no upgrade window of site local is open; the next opens at 2026-03-14T02:00:00.000Z` */
  readonly message: string;
  /** The version it would be brought to. `2.0` */
  readonly version?: Version;
  /** When it goes on at the latest, if nothing happens; absent where that is not told by the clock. */
  readonly until?: Time;
}

/** A service, with the state of the image of every container. */
export interface ServiceWithImages {
  /** Name of the service; its instances are called <name>-1, <name>-2, … `shop` */
  readonly name: string;
  /** Whether a given number of instances runs, or one on every host that matches. `one-per-matching-host` */
  readonly mode?: 'replicated' | 'one-per-matching-host';
  /** How many instances run at each site. The services of one application have at most 61 together: its network has no more addresses. */
  readonly replicas?: number;
  /** Which hosts of a site an instance may run on. */
  readonly placement?: ServicePlacementSpec;
  /** Starts what replaces an instance beside it and lets the old one live on for a while: with a new version or text, a restart, fewer replicas, and when service or application go. It keeps its names, has the next free number, and counts as no replica. */
  readonly 'delayed-shutdown'?: DelayedShutdownSpec;
  /** Storage and files the containers can mount; every instance has its own. */
  readonly volumes?: readonly VolumeSpec[];
  /** Whether the containers of an instance see the processes of one another. Then the small init runs beside them, not in them. */
  readonly 'share-pid-namespace'?: boolean;
  /** Values that can be referred to in env, cmd, entrypoint and the data of config maps: `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. Beside them there are those of the system (`SYS_SITE`, …). */
  readonly variables?: readonly VariableSpec[];
  /** Containers that run one after another, each to its end, before the containers start. */
  readonly 'init-containers'?: readonly InitContainerWithImage[];
  /** The containers of an instance. */
  readonly containers?: readonly ContainerWithImage[];
  /** A virtual machine in place of containers. */
  readonly vm?: VmSpec;
  /** How an instance is reached from outside and what it may reach. */
  readonly network?: ServiceNetworkSpec;
  /** Records added to the DNS of the site. */
  readonly 'site-dns-records'?: DnsRecordsSpec;
}

/** An init container, with the state of its image. */
export interface InitContainerWithImage {
  /** Name of the container, unique among the containers and init containers of its service. `server` */
  readonly name: string;
  /** The image the container is made from. `registry.example.com/shop/web:1.4` */
  readonly image: string;
  /** When the image is pulled: only when the host lacks it, or before a container is made, once a minute for one text at most; a pull that fails stops nothing (extension). `always` */
  readonly 'image-pull'?: 'when-absent' | 'always';
  /** Replaces the entry point of the image; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. */
  readonly entrypoint?: readonly string[];
  /** Replaces the arguments of the image; an empty list means no arguments, leaving it out means the image's own; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. */
  readonly cmd?: readonly string[];
  /** Environment variables; values are text, in which `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user the processes run as. `100` */
  readonly user?: string;
  /** Most memory the container may use. `64MiB` */
  readonly memory?: string;
  /** Most processor time the container may use, in processors. */
  readonly cpus?: number;
  /** Weight in the competition for processor time. */
  readonly 'cpu-shares'?: number;
  /** How long a container may take to end after it was asked to, before it is killed. `10s` */
  readonly 'shutdown-timeout'?: string;
  /** Starts the process without the small init that reaps orphans and forwards signals. */
  readonly 'no-builtin-init'?: boolean;
  /** Volumes of the service laid into the file system of the container. */
  readonly mounts?: readonly MountSpec[];
  /** Linux capabilities on top of the usual ones; with or without `CAP_`, `ALL` for every one. */
  readonly 'additional-capabilities'?: readonly string[];
  /** Devices of the host the container may use, each at its own path. */
  readonly devices?: DevicesSpec;
  /** Most disk space of the writable layer. `10 MiB` */
  readonly 'container-layer-size'?: string;
  /** Most disk space of the log, 2 KiB or more. `0B` keeps none, so there is none to read; without it the log is kept as the engine is configured to. `100 MiB` */
  readonly 'container-log-size'?: string;
  /** Age in days beyond which log lines are not shown; a log that is kept when its container is gone is removed at that age. Disk space is bounded by `container-log-size`, not by age. */
  readonly 'container-log-max-days'?: number;
  /** Keeps the log when the container is replaced or removed, also with its application: in a volume of its own, until it is older than `container-log-max-days`. Of one container all kept logs together are at most `container-log-size`; the oldest go first. Without these two everything is kept. */
  readonly 'container-log-archive'?: boolean;
  /** The application role whose credentials the container may ask for. `shop` */
  readonly approle?: string;
  /** Relaxations of the mandatory access control of the host. */
  readonly security?: SecuritySpec;
  /** Graphics processors the container needs. */
  readonly gpu?: GpuSpec;
  readonly 'image-status': ImageStatus;
}

/** A container, with the state of its image. */
export interface ContainerWithImage {
  /** Name of the container, unique among the containers and init containers of its service. `server` */
  readonly name: string;
  /** The image the container is made from. `registry.example.com/shop/web:1.4` */
  readonly image: string;
  /** When the image is pulled: only when the host lacks it, or before a container is made, once a minute for one text at most; a pull that fails stops nothing (extension). `always` */
  readonly 'image-pull'?: 'when-absent' | 'always';
  /** Replaces the entry point of the image; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. */
  readonly entrypoint?: readonly string[];
  /** Replaces the arguments of the image; an empty list means no arguments, leaving it out means the image's own; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. */
  readonly cmd?: readonly string[];
  /** Environment variables; values are text, in which `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user the processes run as. `100` */
  readonly user?: string;
  /** Most memory the container may use. `64MiB` */
  readonly memory?: string;
  /** Most processor time the container may use, in processors. */
  readonly cpus?: number;
  /** Weight in the competition for processor time. */
  readonly 'cpu-shares'?: number;
  /** How long a container may take to end after it was asked to, before it is killed. `10s` */
  readonly 'shutdown-timeout'?: string;
  /** Starts the process without the small init that reaps orphans and forwards signals. */
  readonly 'no-builtin-init'?: boolean;
  /** Volumes of the service laid into the file system of the container. */
  readonly mounts?: readonly MountSpec[];
  /** Ports opened on the host (extension). */
  readonly ports?: readonly ContainerPortSpec[];
  /** Linux capabilities on top of the usual ones; with or without `CAP_`, `ALL` for every one. */
  readonly 'additional-capabilities'?: readonly string[];
  /** Devices of the host the container may use, each at its own path. */
  readonly devices?: DevicesSpec;
  /** Most disk space of the writable layer. `10 MiB` */
  readonly 'container-layer-size'?: string;
  /** Most disk space of the log, 2 KiB or more. `0B` keeps none, so there is none to read; without it the log is kept as the engine is configured to. `100 MiB` */
  readonly 'container-log-size'?: string;
  /** Age in days beyond which log lines are not shown; a log that is kept when its container is gone is removed at that age. Disk space is bounded by `container-log-size`, not by age. */
  readonly 'container-log-max-days'?: number;
  /** Keeps the log when the container is replaced or removed, also with its application: in a volume of its own, until it is older than `container-log-max-days`. Of one container all kept logs together are at most `container-log-size`; the oldest go first. Without these two everything is kept. */
  readonly 'container-log-archive'?: boolean;
  /** The application role whose credentials the container may ask for. `shop` */
  readonly approle?: string;
  /** Relaxations of the mandatory access control of the host. */
  readonly security?: SecuritySpec;
  /** Graphics processors the container needs. */
  readonly gpu?: GpuSpec;
  /** Asks an old container to come to its end: run in it when what replaces its instance is ready, for a minute at the longest. The instance goes when every container with such a command has ended; where none has one, when all have. After a crash of Fairlead it may be run twice. */
  readonly 'delayed-shutdown-cmd'?: readonly string[];
  /** What happens when the content of a mounted file changes; without it the container is restarted. */
  readonly 'on-mounted-file-change'?: OnMountedFileChangeSpec;
  /** How Fairlead finds out whether the container is well. A changed probe restarts nothing. */
  readonly probes?: ProbesSpec;
  readonly 'image-status': ImageStatus;
}

/** Whether an image is on the host. */
export interface ImageStatus {
  /** How it is. `present` */
  readonly status: ImageOperStatus;
  /** The digest in its repository, else the id of the image; absent until it is here. `sha256:4266485e304a825d82c375d3584121b53c802e3540d6b520b212a9f1f4a9d6c1` */
  readonly digest?: string;
  /** When it was pulled; only when this daemon did. */
  readonly 'last-pull'?: Time;
  /** How long that took; only when this daemon did. `2s` */
  readonly 'pull-time'?: string;
  /** Why it could not be pulled. `no such image: nginx:1.82` */
  readonly 'error-message'?: string;
}

/** How an image is. */
export type ImageOperStatus = 'present' | 'pulling' | 'missing' | 'error';

/** How far an upgrade is. */
export interface Upgrade {
  /** The versions it leads away from; `(none)` stands for none. */
  readonly from: readonly string[];
  /** The version it leads to; `(none)` stands for none. `2.0` */
  readonly to: string;
  /** Instance by instance, or all at once. */
  readonly method: 'per-service' | 'stop-and-restart';
  /** The batch it is at, from 1; absent while what is done belongs to none. */
  readonly batch?: number;
  /** How many there are. */
  readonly batches?: number;
  /** Instances of the new version that have been ready for their healthy-time. */
  readonly done: number;
  /** Instances that are not of the new version. */
  readonly left: number;
  /** What it waits for. `web-3 to be ready` */
  readonly 'waiting-for'?: string;
  /** When the healthy-time that is waited for is over. */
  readonly 'healthy-at'?: Time;
  /** How long that is. `7m18s` */
  readonly 'wait-healthy-timeout'?: string;
}

/** A use of what reaches into a running instance: who, what, where and when, never what was sent or came back. Keys that do not apply are left out. */
export interface AuditRecord {
  /** Its name; a later record has a greater one. `20260314t092653589z-5f3a9c01` */
  readonly id: string;
  /** What was done. */
  readonly action: 'exec' | 'exec-interactive' | 'connect' | 'tcp-connect' | 'restart' | 'logs';
  /** Who did it. */
  readonly principal?: RunPrincipal;
  /** Where the request came from. `192.0.2.17` */
  readonly address?: string;
  /** At which site. `gamla-stan` */
  readonly site: Name;
  /** Whose application it is. `acme` */
  readonly tenant: Name;
  /** In which application. `shop` */
  readonly application: Name;
  /** In which of its service instances. `web-1` */
  readonly 'service-instance': string;
  /** In which container or init container of the instance. `nginx` */
  readonly container?: string;
  /** What a connection was made to. `tcp 127.0.0.1:8080` */
  readonly target?: string;
  /** The id of the run that tells what came of it. `20260314t092653589z-5f3a9c01` */
  readonly run?: string;
  /** When it began. */
  readonly 'started-at': Time;
  /** When it ended; absent while it goes on. */
  readonly 'ended-at'?: Time;
  /** Of the command, where it ended and that is known. */
  readonly 'exit-code'?: number;
  /** Why it ended. `the command ended` */
  readonly reason?: string;
}

/** That the daemon runs. */
export interface Health {
  /** Always `ok`. */
  readonly status: 'ok';
  /** Of Fairlead. `0.1.0` */
  readonly version: string;
}

/** That every reachable host had one full pass. */
export interface Readiness {
  /** Always `ready`. */
  readonly status: 'ready';
}

/** A document of OpenAPI 3.1. */
export interface OpenApi {
  /** Version of OpenAPI. `3.1.1` */
  readonly openapi: string;
  /** What the document describes, and which version of it. */
  readonly info: Readonly<Record<string, unknown>>;
  /** Every path with its operations. */
  readonly paths: Readonly<Record<string, unknown>>;
}

/** Brings one application to a set of sites. */
export interface ApplicationDeployment {
  /** Name of the deployment, unique in its tenant. `shop` */
  readonly name: string;
  /** The application. No other deployment may name it. `shop` */
  readonly application: string;
  /** The version to run: `*` is whatever the application file holds, any other is the latest valid text of that version in the history of the repository. Where there is none, what runs stays. `*` */
  readonly 'application-version'?: string;
  /** Nothing is changed of what it deploys, neither made nor upgraded nor removed, until this is gone; its state is still shown, and what runs is kept running (extension). */
  readonly suspend?: boolean;
  /** The sites. */
  readonly placement: SitePlacementSpec;
  /** Roll-out of a changed application-version over the sites; without it all sites change at once. */
  readonly 'deploy-to-sites'?: DeployToSitesSpec;
  /** Whose it is: in what the site provider sees of every tenant at once, and sends there. `acme` */
  readonly tenant?: Name;
}

/** An application deployment and how far it is. */
export interface ApplicationDeploymentState {
  /** Name of the deployment, unique in its tenant. `shop` */
  readonly name: string;
  /** The application. No other deployment may name it. `shop` */
  readonly application: string;
  /** The version to run; `*` is whatever the application file holds. `*` */
  readonly 'application-version': string;
  /** Nothing is changed of what it deploys, neither made nor upgraded nor removed, until this is gone; its state is still shown, and what runs is kept running (extension). */
  readonly suspend?: boolean;
  /** The sites. */
  readonly placement: SitePlacementSpec;
  /** Roll-out of a changed application-version over the sites; without it all sites change at once. */
  readonly 'deploy-to-sites'?: DeployToSitesSpec;
  /** Whose it is: in what the site provider sees of every tenant at once, and sends there. `acme` */
  readonly tenant?: Name;
  /** How far it is. */
  readonly status: DeploymentStatus;
}

/** How a deployment is. */
export type DeploymentOperStatus = 'deploying' | 'canary' | 'deployed' | 'blocked' | 'error';

/** How far a deployment is. */
export interface DeploymentStatus {
  /** How it is. `deployed` */
  readonly 'oper-status': DeploymentOperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** Time left of the healthy-time that is waited for. `7m18s` */
  readonly 'wait-healthy-timeout'?: string;
  /** The images of the application, each once. */
  readonly images: readonly DeployedImage[];
  /** What runs and what is on its way, a version each: during an upgrade both. */
  readonly 'application-versions': readonly DeployedVersion[];
}

/** An image of the application. */
export interface DeployedImage {
  /** As the specification names it. `nginx:1.28` */
  readonly name: string;
  /** How it is. `present` */
  readonly status: ImageOperStatus;
  /** The digest in its repository, else the id of the image; absent until it is here. `sha256:4266485e304a825d82c375d3584121b53c802e3540d6b520b212a9f1f4a9d6c1` */
  readonly digest?: string;
}

/** Where a version is. */
export interface DeployedVersion {
  /** The version. */
  readonly version: Version;
  /** The sites that have it. */
  readonly 'deployed-to': readonly DeployedTo[];
  /** The sites it is on its way to. */
  readonly 'deploying-to': readonly DeployingTo[];
}

/** A site that has a version. */
export interface DeployedTo {
  /** The site. `gamla-stan` */
  readonly site: Name;
  /** Since when. */
  readonly time: Time;
}

/** A site that a version is on its way to. */
export interface DeployingTo {
  /** The site. `gamla-stan` */
  readonly site: Name;
}

/** The body of every answer that is an error. */
export interface Error {
  /** What is wrong; one entry at least. */
  readonly errors: readonly ErrorDetail[];
}

/** One thing that is wrong. */
export interface ErrorDetail {
  /** What is wrong and how to mend it, in a sentence. `no application shop` */
  readonly 'error-message': string;
  /** What a program may read of it, for example the `tenants` that have what was asked for. Often empty. */
  readonly 'error-info': Readonly<Record<string, unknown>>;
}

/** Every problem of a body that was checked. */
export interface ValidationErrors {
  /** The problems, in the order of the text. */
  readonly errors: readonly ValidationError[];
}

/** One problem of a body. */
export interface ValidationError {
  /** What is wrong and how to mend it, in a sentence. `replica: this key is unknown; did you mean replicas?` */
  readonly 'error-message': string;
  /** Where it is wrong, as far as that is known. */
  readonly 'error-info': {
    /** Path inside the repository, where it is another document than the body. `tenants/acme/application-deployments/shop.yaml` */
    readonly file?: string;
    /** Line in the body or the file, from 1. */
    readonly line?: number;
    /** Column in the line, from 1. */
    readonly column?: number;
  };
}

/** Something that happened. Keys that do not apply are left out; one without a tenant is the site provider's alone. */
export interface Event {
  /** Digits. A later event has a greater number, also after a restart of the daemon. It is what `Last-Event-ID` and `since` take. `1773480413589000` */
  readonly id: string;
  /** When it happened. */
  readonly time: Time;
  /** What kind of thing happened. */
  readonly type: EventType;
  /** Where. */
  readonly site: Name;
  /** On which host. `edge-1` */
  readonly host?: string;
  /** To whose application. */
  readonly tenant?: Name;
  /** To which application. */
  readonly application?: Name;
  /** To which of its service instances. `web-1` */
  readonly 'service-instance'?: string;
  /** To which container, or init container, of the instance. `nginx` */
  readonly container?: string;
  /** What happened, in the words of the log, the plan and the state. `running → error: it keeps ending: restarted 5 times, last with exit code 3` */
  readonly message: string;
  /** The commit that was in force. */
  readonly revision?: Revision;
}

/** What kind of thing happened: to the repository, to a host, what was done, how an upgrade goes, and what is seen of what runs. */
export type EventType =
  | 'revision-fetched'
  | 'revision-refused'
  | 'repository-failed'
  | 'history-failed'
  | 'converged'
  | 'host-up'
  | 'host-down'
  | 'lease-acquired'
  | 'lease-awaited'
  | 'space-low'
  | 'space-ample'
  | 'step-done'
  | 'step-failed'
  | 'removal-held'
  | 'application-waits'
  | 'application-goes-on'
  | 'upgrade-begun'
  | 'upgrade-continued'
  | 'upgrade-batch'
  | 'upgrade-ended'
  | 'upgrade-aborted'
  | 'upgrade-rolling-back'
  | 'upgrade-rolled-back'
  | 'application-status'
  | 'application-deployment-status'
  | 'service-instance-status'
  | 'service-instance-ready'
  | 'service-instance-unready'
  | 'container-status'
  | 'container-restarted'
  | 'probe-failed'
  | 'probe-recovered';

/** A command to run in a container. */
export interface Exec {
  /** The command: a text that is run by `/bin/sh -c` where the container has a shell and is split into words as a shell would where it has none, or a list that is run as it is. `ps aux` */
  readonly cmd: string | readonly string[];
}

/** A line that a container wrote. */
export interface LogLine {
  /** When the engine took it down, to the nanosecond. `2026-03-14T09:26:53.589793238Z` */
  readonly time: string;
  /** Where the container wrote it. */
  readonly stream: 'stdout' | 'stderr';
  /** The container. `nginx` */
  readonly container: string;
  /** The line, without its end. `GET / 200` */
  readonly message: string;
}

/** A Docker host. What its site says of it is there once a revision was read. */
export interface Host {
  /** What `host` of a service instance refers to. `host-001` */
  readonly 'cluster-hostname': string;
  /** Its name. `host-001` */
  readonly hostname: string;
  /** The id of its engine; empty while it was never reached. `6dfd9b5e-0b3c-4d5f-9a53-1f0f0a3cbb0e` */
  readonly 'host-id': string;
  /** Of its engine; empty while it was never reached. `28.5.1` */
  readonly version: string;
  /** Hosts are not taken out of service yet: always `off`. */
  readonly 'maintenance-mode': 'off';
  /** Whether it holds the state of its site, as the one host of a site does. */
  readonly controller: boolean;
  /** Whether its engine answers. `up` */
  readonly 'oper-status': 'up' | 'down';
  /** Why it is down. `the engine cannot be reached: no such file /var/run/docker.sock` */
  readonly 'error-message'?: string;
  /** Since when it answers; 1970 when it never did. */
  readonly 'started-at': Time;
  /** What of a specification this host cannot carry out, and a disk that is low (extension). */
  readonly warnings: readonly string[];
  /** The file system of the engine's images, containers and volumes; absent while nobody holds the lease (extension). */
  readonly disk?: DiskState;
  /** Labels of the host, which services select by. */
  readonly labels: Labels;
  /** Device files that containers may ask for. */
  readonly devices: readonly DeviceState[];
  /** The devices that have a label, by that label. */
  readonly 'device-labels': Readonly<Record<string, readonly string[]>>;
  /** Graphics processors that containers may ask for. */
  readonly gpus: readonly HostGpuState[];
  /** Where volumes of containers may lie. */
  readonly 'local-volumes': readonly LocalVolumeState[];
  /** Every persistent volume on the host, also of what is gone (extension). */
  readonly 'persistent-volumes': readonly PersistentVolumeState[];
}

/** Space of a file system. */
export interface DiskState {
  /** All of it, rounded. `253GB` */
  readonly total: string;
  /** What is left of it, rounded. `120GB` */
  readonly free: string;
  /** Less than 1 GiB free, or less than 5 GiB and less than a tenth of the whole. */
  readonly low: boolean;
}

/** A device file. */
export interface DeviceState {
  /** Its path. `/dev/rtc0` */
  readonly name: string;
  /** What containers ask for it by. */
  readonly labels: readonly string[];
}

/** A graphics processor. Beside these keys it has its properties, as the site gives them. */
export interface HostGpuState {
  /** As the driver names it. `GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f` */
  readonly id: string;
  /** The same. `GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f` */
  readonly uuid: string;
  /** What containers ask for it by. */
  readonly labels: readonly string[];
}

/** A place where volumes of containers may lie. */
export interface LocalVolumeState {
  /** Its name. `fast` */
  readonly name: string;
  /** That of its host. `up` */
  readonly status: 'up' | 'down';
  /** A folder of the host; absent: the store of the engine. `/srv/fast` */
  readonly path?: string;
  /** Labels of the volume, which services select by. */
  readonly labels: Labels;
}

/** A volume that stays when what it was made for goes. */
export interface PersistentVolumeState {
  /** On the engine. `acme.shop.web-1.orders` */
  readonly name: string;
  /** Whose it is. `acme` */
  readonly tenant: string;
  /** The application. `shop` */
  readonly application: string;
  /** The service instance it was made for. `web-1` */
  readonly 'service-instance': string;
  /** How much may be stored. `10GB` */
  readonly size: string;
  /** The volume of the host it lies on. `fast` */
  readonly 'host-volume': string;
  /** Whether that service instance is wished for, or still there. */
  readonly 'in-use': boolean;
}

/** One instance of a service: containers that are always on the same host. */
export interface ServiceInstance {
  /** `<service>-<N>`; the number stays with the instance through every upgrade. `web-1` */
  readonly name: string;
  /** Whose it is; only in what the site provider sees of every tenant at once. `acme` */
  readonly tenant?: Name;
  /** The version that runs; absent for an application without one. */
  readonly 'application-version'?: Version;
  /** How it is. `running` */
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** What it waits for, or how long it has to stay as it is; of one that lingers, how far its shutdown is (extension). `has to stay ready for another 40s` */
  readonly progress?: string;
  /** An old instance in its delayed shutdown: it counts as no replica (extension). */
  readonly lingering?: true;
  /** Whether all of its containers are. */
  readonly ready: boolean;
  /** The `cluster-hostname` of its host; empty when no host can take it. `host-001` */
  readonly host: string;
  /** Its place in the network of the application. */
  readonly 'application-network': ApplicationNetworkState;
  /** Where it leaves by. */
  readonly 'gateway-network': GatewayNetworkState;
  /** Storage that goes with the instance. */
  readonly 'ephemeral-volumes': readonly VolumeState[];
  /** Storage that stays. */
  readonly 'persistent-volumes': readonly VolumeState[];
  /** What runs to its end before the containers start, in that order. */
  readonly 'init-containers': readonly InitContainerState[];
  /** The containers; none of an instance that no host can take. */
  readonly containers: readonly ContainerState[];
}

/** A service instance as the site provider sees it: under long names, with tenant and application. */
export interface SystemServiceInstance {
  /** `<tenant>.<application>.<service>-<N>`; its containers have names that begin with it. `acme.shop.web-1` */
  readonly name: string;
  /** Whose it is. `acme` */
  readonly tenant: Name;
  /** The version that runs; absent for an application without one. */
  readonly 'application-version'?: Version;
  /** How it is. `running` */
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** What it waits for, or how long it has to stay as it is; of one that lingers, how far its shutdown is (extension). `has to stay ready for another 40s` */
  readonly progress?: string;
  /** An old instance in its delayed shutdown: it counts as no replica (extension). */
  readonly lingering?: true;
  /** Whether all of its containers are. */
  readonly ready: boolean;
  /** The `cluster-hostname` of its host; empty when no host can take it. `host-001` */
  readonly host: string;
  /** Its place in the network of the application. */
  readonly 'application-network': ApplicationNetworkState;
  /** Where it leaves by. */
  readonly 'gateway-network': GatewayNetworkState;
  /** Storage that goes with the instance. */
  readonly 'ephemeral-volumes': readonly VolumeState[];
  /** Storage that stays. */
  readonly 'persistent-volumes': readonly VolumeState[];
  /** What runs to its end before the containers start, in that order. */
  readonly 'init-containers': readonly InitContainerState[];
  /** The containers; none of an instance that no host can take. */
  readonly containers: readonly ContainerState[];
  /** The application. `shop` */
  readonly application: Name;
}

/** The place of an instance in the network of its application. */
export interface ApplicationNetworkState {
  /** The network it shares with other applications; absent where it shares none. `front` */
  readonly 'shared-application-network'?: string;
  /** Its addresses, with the length of the network's prefix. */
  readonly ips: readonly string[];
  /** The names it is found under, as lines of a zone file. */
  readonly 'dns-records': readonly string[];
}

/** Where an instance leaves by. */
export interface GatewayNetworkState {
  /** The addresses it leaves by, with the length of the network's prefix. */
  readonly ips: readonly string[];
}

/** A volume of an instance. */
export interface VolumeState {
  /** Its name in the service. `cache` */
  readonly name: string;
  /** As the specification writes it; of a volume of another size, in whole bytes or what they come to. `1GB` */
  readonly size: string;
  /** The volume of the host it lies on. `fast` */
  readonly 'host-volume': string;
}

/** How an init container is: like a container, or done. */
export type InitOperStatus = 'running' | 'admin-down' | 'upgrading' | 'starting' | 'error' | 'failed' | 'completed';

/** A container that runs to its end before the others start. */
export interface InitContainerState {
  /** Its name in the service; below the cluster with that of the instance before it. `setup` */
  readonly name: string;
  /** The first 12 digits of the engine's id; empty before there is one. `189d9234f12c` */
  readonly id: string;
  /** How it is. `completed` */
  readonly 'oper-status': InitOperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** When it was last started. */
  readonly 'start-time': Time;
  /** Restarts since it last ran for ten minutes without one. */
  readonly 'current-restarts': number;
  /** Restarts since it was made, by whomever. */
  readonly 'total-restarts': number;
  /** Device files it has, each at its own path. */
  readonly devices: readonly string[];
  /** Graphics processors it has. */
  readonly gpus: readonly GpuState[];
  /** What of the driver it has; only with `gpus`. `utility, compute` */
  readonly 'nvidia-driver-capabilities'?: string;
}

/** A container of an instance. */
export interface ContainerState {
  /** Its name in the service; below the cluster with that of the instance before it. `setup` */
  readonly name: string;
  /** The first 12 digits of the engine's id; empty before there is one. `189d9234f12c` */
  readonly id: string;
  /** How it is. `running` */
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** When it was last started. */
  readonly 'start-time': Time;
  /** Restarts since it last ran for ten minutes without one. */
  readonly 'current-restarts': number;
  /** Restarts since it was made, by whomever. */
  readonly 'total-restarts': number;
  /** Device files it has, each at its own path. */
  readonly devices: readonly string[];
  /** Graphics processors it has. */
  readonly gpus: readonly GpuState[];
  /** What of the driver it has; only with `gpus`. `utility, compute` */
  readonly 'nvidia-driver-capabilities'?: string;
  /** Whether its readiness probe passes or, without one, whether it runs. */
  readonly ready: boolean;
  /** The probes it has. */
  readonly probes: ProbeStates;
  /** Where it is reached from outside; absent where it opens no port (extension). */
  readonly ports?: readonly PortState[];
}

/** A graphics processor, its one id under both of the names that clients look for. */
export interface GpuState {
  /** As the driver names it. `GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f` */
  readonly id: string;
  /** The same. `GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f` */
  readonly uuid: string;
}

/** The probes a container has, each absent where it has none of the kind. */
export interface ProbeStates {
  /** Whether it is up. */
  readonly startup?: ProbeState;
  /** Whether it can be asked for something. */
  readonly readiness?: ProbeState;
  /** Whether it has to be restarted. */
  readonly liveness?: ProbeState;
}

/** What a probe found. */
export interface ProbeState {
  /** `unknown` until it was asked often enough. `success` */
  readonly status: 'unknown' | 'success' | 'failure';
  /** Why it fails. `GET http://10.201.0.2:80/ready: answered 503` */
  readonly 'error-message'?: string;
}

/** A port of the host that leads to one of a container. */
export interface PortState {
  /** In the container. */
  readonly 'container-port': number;
  /** `tcp` or `udp`. `tcp` */
  readonly protocol: string;
  /** The address of the host it is open at. `0.0.0.0` */
  readonly 'host-ip': string;
  /** On the host. */
  readonly 'host-port': number;
}

/** Who a person is. As JSON or YAML. */
export interface Login {
  /** A `username` of the tokens file. `ann@example.com` */
  readonly username: string;
  /** The password whose hash the tokens file holds. `correct horse battery staple` */
  readonly password: string;
  /** May be left out; where it is given it has to be the tenant of the user. `acme` */
  readonly tenant?: string | null;
}

/** Who a program is. As JSON or YAML. */
export interface ApproleLogin {
  /** The `role-id` of the approle. May be left out, or be the secret-id once more. `till` */
  readonly 'role-id'?: string | null;
  /** The secret whose hash the tokens file holds. `f2a1b9e6-1a0c-4b0e-9a39-3a4c2a9d1c55` */
  readonly 'secret-id': string;
}

/** A token for the header `Authorization: Bearer TOKEN`, and how long it is good. */
export interface Token {
  /** Opaque; it is told once and known to its holder alone. `QFzU3nqS2mB0m3bO1mYw7rP1o0m3c5x2eV9a8KpLh0E` */
  readonly token: string;
  /** Its whole life, in seconds. */
  readonly 'expires-in': number;
  /** When it ends. `2026-01-02T15:04:05.678Z` */
  readonly expires: string;
  /** When it was made. `2026-01-02T03:04:05.678Z` */
  readonly 'creation-time': string;
  /** When it should be renewed: at three quarters of its life. `2026-01-02T12:04:05.678Z` */
  readonly 'renewal-time': string;
}

/** What would be done now; where a ref was named, what would be if that were merged. */
export type PlanOrReview = Plan | Review;

/** What follows from comparing what is wished for with what runs. */
export interface Plan {
  /** The commit the plan leads to. */
  readonly revision: Revision;
  /** What would be done now. */
  readonly steps: readonly Step[];
  /** What would follow, and what it waits for. */
  readonly later: readonly LaterStep[];
  /** What would be removed, if it were not so much at once. */
  readonly held: readonly HeldRemoval[];
  /** Applications that cannot go on by themselves. */
  readonly blocked: readonly BlockedApplication[];
  /** When Fairlead looks again by itself; absent: only something that happens makes it look. */
  readonly 'wake-at'?: Time;
}

/** One thing to do on a host. */
export interface Step {
  /** What it does, in a sentence that is the same in every plan. `stop container acme.shop.web-1.nginx` */
  readonly id: string;
  /** What kind of thing it is. `stop-container` */
  readonly action:
    | 'import-sandbox-image'
    | 'pull-image'
    | 'remove-image'
    | 'create-network'
    | 'remove-network'
    | 'create-container'
    | 'start-container'
    | 'unpause-container'
    | 'update-container'
    | 'rename-container'
    | 'stop-container'
    | 'remove-container'
    | 'create-marker'
    | 'begin-delayed-shutdown'
    | 'remove-marker'
    | 'create-volume'
    | 'remove-volume'
    | 'write-files'
    | 'announce-files';
  /** What it works on: a service instance, an application for its network, or an image. `acme.shop.web-1` */
  readonly target: string;
  /** The application, with its tenant; empty for what several share. `acme.shop` */
  readonly application: string;
  /** Why the target is worked on, in a word. `upgrade` */
  readonly intent: 'create' | 'replace' | 'update' | 'repair' | 'remove' | 'prepare' | 'upgrade';
  /** Why it is done. `version 1.0 → 2.0, batch 2 of 4` */
  readonly reason: string;
  /** The ids of the steps that must be done first. */
  readonly after: readonly string[];
}

/** A step that will be taken, but not now. */
export interface LaterStep {
  /** What it does, in a sentence that is the same in every plan. `stop container acme.shop.web-1.nginx` */
  readonly id: string;
  /** What kind of thing it is. `stop-container` */
  readonly action:
    | 'import-sandbox-image'
    | 'pull-image'
    | 'remove-image'
    | 'create-network'
    | 'remove-network'
    | 'create-container'
    | 'start-container'
    | 'unpause-container'
    | 'update-container'
    | 'rename-container'
    | 'stop-container'
    | 'remove-container'
    | 'create-marker'
    | 'begin-delayed-shutdown'
    | 'remove-marker'
    | 'create-volume'
    | 'remove-volume'
    | 'write-files'
    | 'announce-files';
  /** What it works on: a service instance, an application for its network, or an image. `acme.shop.web-1` */
  readonly target: string;
  /** The application, with its tenant; empty for what several share. `acme.shop` */
  readonly application: string;
  /** Why the target is worked on, in a word. `upgrade` */
  readonly intent: 'create' | 'replace' | 'update' | 'repair' | 'remove' | 'prepare' | 'upgrade';
  /** Why it is done. `version 1.0 → 2.0, batch 2 of 4` */
  readonly reason: string;
  /** The ids of the steps that must be done first. */
  readonly after: readonly string[];
  /** When it will be taken; absent: once what it waits for comes to pass. */
  readonly at?: Time;
  /** Why not now. `web-1 to be ready` */
  readonly 'waiting-for': string;
}

/** An application that cannot go on by itself. */
export interface BlockedApplication {
  /** The application, with its tenant. `acme.shop` */
  readonly application: string;
  /** What is in its way. `no subnet is free in the network pool 10.201.0.0/16` */
  readonly reason: string;
}

/** What was read from git. */
export interface Repository {
  /** The newest commit that was seen at the branch; with `--verify tag`, the newest there that an annotated tag names. */
  readonly 'wanted-revision': Revision;
  /** The newest commit whose documents were read. */
  readonly 'fetched-revision': Revision;
  /** The newest commit that every host was brought to, but for what it wants to wait: for a suspension to end or an upgrade window to open. */
  readonly 'applied-revision': Revision;
  /** When the branch was last looked at with success. */
  readonly 'fetch-time': Time;
  /** Why the repository cannot be read or followed; absent while it can. `the repository cannot be reached: connection refused` */
  readonly 'error-message'?: string;
  /** Whether what is in force is signed; absent with `--verify none`. */
  readonly verification?: Verification;
  /** What is wrong with its documents. Those with an error are rejected and the last good text stays in force. */
  readonly problems: readonly Problem[];
  /** What would be removed, if it were not so much at once. */
  readonly 'held-removals': readonly HeldRemoval[];
  /** Whether history was looked through after the start: before, version lists may lack some. */
  readonly 'history-complete': boolean;
}

/** What a trusted key vouches for (an extension of Fairlead). */
export interface Verification {
  /** What has to be signed. */
  readonly mode: 'commit' | 'tag';
  /** The newest commit that is verified, which is in force; empty as long as there is none. */
  readonly 'verified-revision': Revision;
  /** Who signed it: name and fingerprint of the key. Absent as long as nothing is verified. `alice@example.com (ED25519 SHA256:GjpjiC1WfuxnwG30vd1jFrb4BIbmSc4HnBdmGV14Qpo)` */
  readonly signer?: string;
  /** The signed tag that names it, with `--verify tag`. `v1.4.0` */
  readonly tag?: string;
  /** Why something newer is not in force, or why nothing is; absent when all is well. `commit 8b137891791f is not applied, for it carries no signature; revision 2cf24dba5fb0 stays in force. Sign a commit with a trusted key (git commit -S) and push it` */
  readonly 'error-message'?: string;
}

/** Whether a commit is what runs. */
export interface RevisionOutcome {
  /** The commit, in full where it was found; as it was asked for where it was not. */
  readonly revision: Revision;
  /** `applied`: it, or a later commit that contains it, is in force, nothing is left to do and everything is ready. `failed`: something of it was rejected or failed, and nothing else can proceed. `waiting`: neither yet. */
  readonly outcome: 'waiting' | 'applied' | 'failed';
  /** The commit in force that contains it, which this is about; empty while there is none. */
  readonly 'judged-revision': Revision;
  /** What is missing or what failed, at most 20 sentences. */
  readonly reasons: readonly string[];
}

/** One thing wrong with a document. Where the whole file is meant, the place is line 1, column 1. */
export interface Problem {
  /** Path inside the repository. `tenants/acme/applications/shop.yaml` */
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** Column in the line, from 1. */
  readonly column: number;
  /** What is wrong and how to mend it. `replica: this key is unknown; did you mean replicas?` */
  readonly message: string;
  /** An error rejects the document, a warning is only shown. */
  readonly severity: 'error' | 'warning';
  /** The rule that is broken; of a policy `policy/` and its name. Reports of `fairlead validate` have it as well. `schema/unknown-key` */
  readonly rule?: string;
}

/** A removal that waits for a person. */
export interface HeldRemoval {
  /** The application, with its tenant. `acme.shop` */
  readonly application: string;
  /** Why it is held, and what lets it go on. `5 of 6 applications would be removed; a commit with Fairlead-Allow-Prune: true allows it` */
  readonly reason: string;
}

/** What a revision would change, compared with another or with what runs. */
export interface Review {
  /** Whether it is compared with another revision, or with what runs now. */
  readonly against: 'revision' | 'running';
  /** What it is compared with. */
  readonly base: ReviewedRevision;
  /** The revision that is looked at. */
  readonly head: ReviewedRevision;
  /** Whether there is anything to tell. When not, every list is empty but those of the warnings and notes. */
  readonly changed: boolean;
  /** All of it in a line. `2 applications change: 1 upgraded, 1 added` */
  readonly summary: string;
  /** Documents of sites, tenants and policies that differ. */
  readonly documents: readonly DocumentReview[];
  /** The sites at which something changes, by name. */
  readonly sites: readonly SiteReview[];
  /** Documents that are rejected now and were not before: what runs of them stays as it is. */
  readonly rejected: readonly RejectedReview[];
  /** Problems that were not there before. */
  readonly problems: readonly Problem[];
  /** Problems that are no more. */
  readonly mended: readonly Problem[];
  /** What would keep the revision from coming into force as it is: that no trusted key vouches for it. */
  readonly warnings: readonly string[];
  /** What is taken for granted, and what is not part of it. */
  readonly notes: readonly string[];
}

/** A revision under the name it was asked for by. */
export interface ReviewedRevision {
  /** The branch, tag or commit that was named; empty when none was. `origin/main` */
  readonly ref: string;
  /** The commit. */
  readonly revision: Revision;
}

/** A document that is no application's. */
export interface DocumentReview {
  /** What it is about. */
  readonly kind: 'site' | 'tenant' | 'policy';
  /** Name of the site or tenant; of a policy the tenant it is for, `*` is every one. `berlin` */
  readonly name: string;
  /** Path inside the repository. `sites/berlin.yaml` */
  readonly file: string;
  /** What happens to it. */
  readonly change: 'added' | 'removed' | 'changed';
  /** Where it differs. */
  readonly fields: readonly FieldChange[];
}

/** A value that differs. */
export interface FieldChange {
  /** The kind of document it stands in. */
  readonly document: 'application' | 'application-deployment' | 'site' | 'tenant' | 'policy';
  /** Where it stands. Entries of lists are told by their names where they have one. `services[web].containers[nginx].image` */
  readonly path: string;
  /** What it was, as JSON, shortened where it is long; absent: it was not there. What may be a credential is `***`. `"nginx:1.27"` */
  readonly old?: string;
  /** What it is, in the same way; absent: it is not there any more. `"nginx:1.28"` */
  readonly new?: string;
  /** Of a text of several lines: the line, from 1, from which on it differs. `old` and `new` have the lines that do. */
  readonly line?: number;
  /** Whether something in it is not shown. */
  readonly masked: boolean;
}

/** What changes at a site. */
export interface SiteReview {
  /** The site. `berlin` */
  readonly site: string;
  /** Its host. `berlin-1` */
  readonly host: string;
  /** Whether the site itself is new or goes. */
  readonly change: 'added' | 'removed' | 'changed';
  /** Those that change, by key. */
  readonly applications: readonly ApplicationReview[];
  /** Images that the host has to get. */
  readonly pulls: readonly PullReview[];
  /** What would be removed, and may not. */
  readonly held: readonly HeldRemoval[];
  /** Applications that cannot go on by themselves. */
  readonly blocked: readonly BlockedApplication[];
  /** What is done for several applications, or when nobody needs a thing any more. Pulls have a list of their own. */
  readonly shared: readonly OperationReview[];
}

/** An image that is pulled. */
export interface PullReview {
  /** The image. `nginx:1.28` */
  readonly image: string;
  /** Who needs it. */
  readonly applications: readonly string[];
}

/** What changes of an application at a site. */
export interface ApplicationReview {
  /** The application, with its tenant. `acme.shop` */
  readonly application: string;
  /** The kind of change, the gravest first: `upgraded` follows an entry of `upgrade-from`, `restarted` makes what runs anew without any coordination, `waiting` comes to nothing as long as something is in its way, `untouched` does nothing to what runs. */
  readonly change: 'added' | 'removed' | 'restarted' | 'upgraded' | 'changed' | 'waiting' | 'untouched';
  /** Why, in a sentence. `version 1.0 → 2.0, by the entry for "^1\."` */
  readonly reason: string;
  /** What it was; absent where there is none. */
  readonly 'from-version'?: Version;
  /** What it will be; absent where there is none. */
  readonly 'to-version'?: Version;
  /** Instances that are stopped and made anew, all at once, without an upgrade procedure. */
  readonly uncoordinated: readonly string[];
  /** How it is upgraded; absent: it is not. */
  readonly upgrade?: UpgradeReview;
  /** How long it takes at least, from the first step to the last: healthy times, probes and deadlines that must pass; pulls and the work of the engine come on top. `1m30s` */
  readonly duration: string;
  /** Services that come, go or have another number of instances. */
  readonly services: readonly ServiceReview[];
  /** Where its specification or its deployment differ. */
  readonly fields: readonly FieldChange[];
  /** Volumes that come, go or stay behind. */
  readonly volumes: readonly VolumeReview[];
  /** Images that the host has to get for it. */
  readonly pulls: readonly string[];
  /** What is done, in the order in which it can begin. */
  readonly operations: readonly OperationReview[];
}

/** A coordinated upgrade. */
export interface UpgradeReview {
  /** The entry of `upgrade-from` that is followed. `^1\.` */
  readonly 'version-regexp': string;
  /** How it goes. */
  readonly method: 'per-service' | 'stop-and-restart';
  /** What happens after a failed upgrade. */
  readonly 'on-failure': 'stop' | 'rollback';
  /** The longest a batch may take to become ready. `10m` */
  readonly 'progress-deadline': string;
  /** The batches in their order. */
  readonly batches: readonly BatchReview[];
}

/** Instances that are upgraded together. */
export interface BatchReview {
  /** Counted from 1. */
  readonly batch: number;
  /** Which. */
  readonly instances: readonly string[];
  /** How long they must have been ready before the next batch begins. `30s` */
  readonly 'healthy-time': string;
  /** When it begins at the earliest, counted from the first step. `30s` */
  readonly begins: string;
}

/** A service that comes, goes or has another number of instances. */
export interface ServiceReview {
  /** The service. `web` */
  readonly service: string;
  /** What happens to it. */
  readonly change: 'added' | 'removed' | 'scaled';
  /** How many instances it had. */
  readonly from: number;
  /** How many it will have. */
  readonly to: number;
}

/** A volume of an instance. */
export interface VolumeReview {
  /** Its name on the engine. `acme.shop.db-1.data` */
  readonly volume: string;
  /** `stays-behind`: nobody uses it any more, and it is not removed. */
  readonly fate: 'created' | 'removed' | 'stays-behind';
}

/** What is done to one thing for one reason. */
export interface OperationReview {
  /** What is worked on: a service instance, an application for its network, or an image. `acme.shop.web-2` */
  readonly target: string;
  /** Why, in a word. */
  readonly intent: 'create' | 'replace' | 'update' | 'repair' | 'remove' | 'prepare' | 'upgrade';
  /** Why. `version 1.0 → 2.0, batch 2 of 4` */
  readonly reason: string;
  /** When at the earliest, counted from the first step. `30s` */
  readonly begins: string;
  /** What is asked of the engine, in order. */
  readonly steps: readonly string[];
}

/** A document that is rejected now and was not before. */
export interface RejectedReview {
  /** What it is about. */
  readonly kind: 'application' | 'application-deployment' | 'site' | 'tenant' | 'policy';
  /** Its tenant; empty for that of a site, and of the policy of every tenant. `acme` */
  readonly tenant: string;
  /** Its name; absent when the text is too broken to tell. `shop` */
  readonly name?: string;
  /** Path inside the repository. `tenants/acme/applications/shop.yaml` */
  readonly file: string;
  /** The commit whose text stays in force; empty where there is none, so that nothing is touched. */
  readonly 'in-force': Revision;
}

/** Something that was triggered from outside, and what came of it. Keys that do not apply are left out; one without a tenant is the site provider's alone. */
export interface Run {
  /** Its name. `20260314t092653589z-5f3a9c01` */
  readonly id: string;
  /** What was asked for. */
  readonly kind: 'restart' | 'webhook' | 'sync' | 'exec' | 'exec-interactive' | 'connect' | 'tcp-connect';
  /** What it came by: `api`, or the kind of webhook. `api` */
  readonly trigger: string;
  /** Who asked for it; of a webhook the name of its secret, where it has one. */
  readonly principal?: RunPrincipal;
  /** Whose application it is about. */
  readonly tenant?: Name;
  /** Which application it is about. */
  readonly application?: Name;
  /** Which of its service instances. `web-1` */
  readonly 'service-instance'?: string;
  /** Which container of the instance. `nginx` */
  readonly container?: string;
  /** When it began. */
  readonly 'started-at': Time;
  /** When it ended. */
  readonly 'ended-at'?: Time;
  /** What has come of it so far. */
  readonly outcome: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** The commit that was seen at the branch, of a look at the repository (`webhook`, `sync`). */
  readonly revision?: Revision;
  /** How it ended, where nothing went wrong. `web-1 was made anew and is ready` */
  readonly reason?: string;
  /** What went wrong. `web-1 cannot be made anew: nginx: no such image: nginx:1.999` */
  readonly 'error-message'?: string;
}

/** Whoever held the token. */
export interface RunPrincipal {
  /** What the token is called. `jane` */
  readonly name: string;
  /** Of which tenant; absent: the site provider. */
  readonly tenant?: Name;
}

/** How a service instance is to be made anew. */
export interface Restart {
  /** Without the delayed shutdown of its service: what runs is stopped first. Leave it out for a restart with it. */
  readonly 'no-delayed-shutdown'?: true;
}

/** A site: a place with hosts. */
export interface Site {
  /** Name of the site. `shop` */
  readonly name: string;
  /** What people call it. `Stockholm, Old Town` */
  readonly 'descriptive-name'?: string;
  /** Whether it is a site at the edge or the one above them. Deployments select by it as `system/type`. `top` */
  readonly type: 'edge' | 'top';
  /** Labels of the site, which deployments select by; `system/name` and `system/type` among them. */
  readonly labels: Labels;
  /** Whether commands may be run and connections be made in service instances at the site through the API, by those who have the role for it. `forbidden` is for everybody; it ends no session that is open. `forbidden` */
  readonly exec?: 'allowed' | 'forbidden';
  /** The time zone of the site, which upgrade windows mean by `site-local` (extension). `Europe/Stockholm` */
  readonly timezone?: string;
  /** When upgrades may begin: outside of all of these a new version waits. Left out, at any time. */
  readonly 'application-upgrade-windows'?: readonly UpgradeWindowSpec[];
  /** No upgrade begins at the site, whatever the windows say. What is new is started all the same. */
  readonly 'application-upgrades-blocked'?: boolean;
  /** The hosts of the site; one, for now. */
  readonly hosts: readonly HostSpec[];
  /** Whether this daemon looks after it (extension). */
  readonly 'served-here': boolean;
}

/** A site at the edge, or the one above them. */
export type SiteType = 'edge' | 'top';

/** A site that a tenant may deploy to. */
export interface AssignedSite {
  /** Its name. `gamla-stan` */
  readonly name: Name;
  /** What people call it. `Stockholm, Old Town` */
  readonly 'descriptive-name'?: string;
  readonly type: SiteType;
  /** Where it is; absent where nobody said. */
  readonly location?: Location;
  /** Labels of the site, which deployments select by; `system/name` and `system/type` among them. */
  readonly labels: Labels;
}

/** A place on the earth. */
export interface Location {
  /** Degrees north. */
  readonly latitude?: number;
  /** Degrees east. */
  readonly longitude?: number;
  /** In words. `Stockholm, Old Town` */
  readonly description?: string;
}

/** How an application is at each of its sites. */
export interface ApplicationStatus {
  /** The application. */
  readonly name: Name;
  /** Whose it is; only in what the site provider sees of every tenant at once. `acme` */
  readonly tenant?: Name;
  /** The sites it is deployed to. */
  readonly sites: readonly ApplicationSiteStatus[];
}

/** How an application is at a site. */
export interface ApplicationSiteStatus {
  /** The site. `gamla-stan` */
  readonly name: Name;
  /** The version that is to run; absent for an application without one. */
  readonly 'application-version'?: Version;
  /** How it is. `running` */
  readonly 'oper-status': OperStatus;
  readonly 'error-message'?: ErrorMessage;
  /** Why nothing of it changes there now (extension). */
  readonly waiting?: Waiting;
  /** Whether a host of the site answers. */
  readonly connected: boolean;
  /** Versions that wait to be brought to the site: the newest waits alone. */
  readonly 'waiting-to-be-scheduled': number;
}

/** The hosts of the site as a whole. */
export interface Cluster {
  /** The site. `gamla-stan` */
  readonly 'site-name': Name;
  /** How many hosts have a version, by that version. */
  readonly versions: Readonly<Record<string, number>>;
}

/** A name that can be part of a DNS name. `shop` */
export type Name = string;

/** RFC 3339, in UTC with milliseconds. What has not been yet is 1970-01-01T00:00:00.000Z. `2026-03-14T09:26:53.589Z` */
export type Time = string;

/** The version of an application: letters, digits, dots, hyphens and plus signs. It has no order. `2.4.2` */
export type Version = string;

/** The id of a commit. Empty while there is none. `8b137891791fe96927ad78e64b0aad7bded08bdc` */
export type Revision = string;

/** Labels by their name. */
export type Labels = Readonly<Record<string, string>>;

/** How an application, a service instance or a container is. */
export type OperStatus = 'running' | 'admin-down' | 'upgrading' | 'starting' | 'error' | 'failed';

/** Why the status is what it is, in words a person can act on. It always stands beside `error`, `failed` and `down`; beside another status it says what is waited for. `web-2: nginx: exit code 1; last it logged: "no such upstream"` */
export type ErrorMessage = string;

/** Changes one after another (RFC 6902). */
export type JsonPatch = readonly JsonPatchStep[];

/** One change. */
export interface JsonPatchStep {
  /** What is done. */
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  /** Where, as a JSON Pointer. `/services/0/replicas` */
  readonly path: string;
  /** Where from, of `move` and `copy`. `/services/1` */
  readonly from?: string;
  /** What, of `add`, `replace` and `test`. */
  readonly value?: unknown;
}

/** What the forge says of an event, in its own words. Of a push `ref` and `repository` are looked at. */
export type WebhookPayload = Readonly<Record<string, unknown>>;

/** What was pushed. Other keys are ignored, and nothing at all is as good as a push of the branch that is followed. */
export interface GenericWebhook {
  /** The full name of what was pushed, or that of a branch. `refs/heads/main` */
  readonly ref?: string;
  /** Its address, or its name with that of its owner. Another than the one that is followed is refused. `https://git.example.com/acme/site.git` */
  readonly repository?: string;
}
