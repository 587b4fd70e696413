import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerError, type DockerErrorCode, type DockerPort } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { DesiredContainer, DesiredMount } from '../../src/model/desired.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import { createMember, createNetwork, createSandbox, startOf } from './actions.ts';
import { describeChange, describeCrash, describeEvents } from './change-rules.ts';
import { describeCreate, describeObserve, describeStartAndStop } from './container-rules.ts';
import { describeDialRules } from './dial-rules.ts';
import { describeExec } from './exec-rules.ts';
import { describeFiles, type SeenFile } from './files-rules.ts';
import { describeLeaseRules } from './lease-rules.ts';
import { describeLogs } from './log-rules.ts';
import { describeLastLines, describePorts, describePrepare, describeSettings } from './setting-rules.ts';
import { describeMarkers } from './marker-rules.ts';
import { describeImages, describeNetworks } from './network-image-rules.ts';
import { describeReadLog } from './read-log-rules.ts';
import { describeRelayRules } from './relay-rules.ts';
import { describeSessions } from './session-rules.ts';
import { describeVolumes } from './volume-rules.ts';

/** An engine under test, and what others do to it behind Fairlead's back. Has the two test images. */
export interface ContractEngine {
  readonly docker: DockerPort;
  /** Unique to the run: everything made is labelled with it and named after it. */
  readonly owner: string;
  /** Ranges nobody else on the engine uses. */
  readonly subnets: readonly [string, string, string];
  /** SIGKILL from outside, not by the engine's API. */
  killProcess(name: string): Promise<void>;
  /** `docker kill` */
  killByHand(name: string): Promise<void>;
  /** `docker pause` */
  pause(name: string): Promise<void>;
  /** A container without any label but these. */
  makeForeign(name: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  /** `docker network connect` */
  connect(name: string, network: string): Promise<void>;
  /** A lease container that was made and never started, as a crash between the two leaves it. */
  leaveLeaseBehind(owner: string): Promise<void>;
  /** Another helper of an owner that was made and never started. */
  leaveHelperBehind(name: string, owner: string): Promise<void>;
  /** What the engine was told about a container and no DockerPort shows. */
  settings(name: string): Promise<ContainerSettings>;
  /** Where a symbolic link inside a container leads; undefined: there is none. */
  readLink(name: string, path: string): Promise<string | undefined>;
  /** `docker volume create`, without any label. */
  makeForeignVolume(name: string): Promise<void>;
  /** As a program in a running container sees it; undefined: there is none. */
  readFile(name: string, path: string): Promise<SeenFile | undefined>;
  /** The names in a folder of a running container, hidden ones too, sorted. */
  listFolder(name: string, path: string): Promise<readonly string[]>;
  /** Breaks every open connection of `docker`, as a kill -9 of the process would. It can be used again. */
  cutConnections(): Promise<void>;
  /** Removes everything of the run. */
  dispose(): Promise<void>;
}

export interface ContainerSettings {
  /** Without `CAP_`, sorted. */
  readonly capabilitiesAdded: readonly string[];
  readonly securityOptions: readonly string[];
  readonly devices: readonly string[];
  readonly logDriver: string;
  /** Whether it has the process namespace of the sandbox it joined. */
  readonly sharesProcesses: boolean;
  readonly mounts: readonly DesiredMount[];
}

/** What the contract's chapters share. */
export interface Ground {
  readonly engine: ContractEngine;
  readonly docker: DockerPort;
  readonly owner: string;
  readonly network: string;
  /** Running, named `<owner>.sb`, on `network`. */
  readonly sandbox: string;
  readonly signal: AbortSignal;
  readonly inspect: (name: string) => Promise<ObservedContainer>;
  /** A running member of the sandbox. */
  readonly runMember: (name: string, overrides?: Partial<DesiredContainer>) => Promise<ObservedContainer>;
}

/** The one suite every implementation of DockerPort passes: the fake and the real engine. */
export function describeDockerContract(name: string, makeEngine: () => Promise<ContractEngine>): void {
  describe(`${name} is a DockerPort`, () => {
    let ground: Ground | undefined;
    const use = (): Ground => {
      if (ground === undefined) throw new Error('the engine under test was not made');
      return ground;
    };
    beforeAll(async () => {
      ground = await openGround(await makeEngine());
    });
    afterAll(async () => {
      await ground?.engine.dispose();
    });

    it('tells what engine it is', async () => {
      const { docker, signal } = use();
      await docker.ping(signal);
      const info = await docker.info(signal);
      expect(info).toMatchObject({ architecture: expect.stringMatching(/^(amd64|arm64)$/) as string });
      expect(info.version).not.toBe('');
    });

    it('tells what it can limit', async () => {
      const { docker, signal } = use();
      expect((await docker.info(signal)).limits).toEqual({ memory: true, cpus: true, cpuShares: true });
    });

    it('rejects with the reason of a signal that has aborted', async () => {
      const reason = new Error('enough');
      await expect(use().docker.ping(AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    describeObserve(use);
    describeCreate(use);
    describeStartAndStop(use);
    describeCrash(use);
    describeLastLines(use);
    describeSettings(use);
    describePorts(use);
    describePrepare(use);
    describeChange(use);
    describeEvents(use);
    describeNetworks(use);
    describeVolumes(use);
    describeMarkers(use);
    describeLogs(use);
    describeExec(use);
    describeFiles(use);
    describeImages(use);
    describeLeaseRules(use);
    describeRelayRules(use);
    describeSessions(use);
    describeDialRules(use);
    describeReadLog(use);
  });
}

/** Expects a DockerError of this code and returns its sentence. */
export async function refusal(promise: Promise<unknown>, code: DockerErrorCode): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DockerError);
  expect(error).toMatchObject({ code });
  return (error as DockerError).message;
}

async function openGround(engine: ContractEngine): Promise<Ground> {
  const { docker, owner } = engine;
  const { signal } = new AbortController();
  const network = `${owner}.net`;
  const sandbox = `${owner}.sb`;
  await docker.importSandboxImage(SANDBOX_IMAGE, signal);
  await docker.createNetwork(createNetwork(owner, network, engine.subnets[0]), signal);
  const alone = { image: SANDBOX_IMAGE, cmd: undefined, init: false };
  await docker.createContainer(createSandbox(owner, sandbox, network, alone), signal);
  await docker.startContainer(startOf(sandbox), signal);

  const inspect = async (name: string) => {
    const container = await docker.inspectContainer(name, signal);
    if (container === undefined) throw new Error(`there is no container ${name}`);
    return container;
  };
  const runMember: Ground['runMember'] = async (name, overrides) => {
    await docker.createContainer(createMember(owner, name, sandbox, overrides), signal);
    await docker.startContainer(startOf(name), signal);
    return await inspect(name);
  };
  return { engine, docker, owner, network, sandbox, signal, inspect, runMember };
}
