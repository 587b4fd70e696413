import { openCalls } from './calls.ts';
import { openContainers } from './containers.ts';
import { openDialer } from './dial-from.ts';
import { openTransport } from './dockerode.ts';
import type { DockerEndpoint } from './endpoint.ts';
import { readEvents } from './events.ts';
import { exec } from './exec.ts';
import { openFiles } from './files.ts';
import { toEngineInfo } from './from-docker.ts';
import { hideInRefusals, type Hide } from './hide-in-refusals.ts';
import { openImages } from './images.ts';
import { keepLog } from './keep-log.ts';
import { acquireLease } from './lease.ts';
import { readInfo } from './limit-support.ts';
import { openMarkers } from './markers.ts';
import { openNetworks } from './networks.ts';
import { openExec } from './open-exec.ts';
import type { DockerPort } from './port.ts';
import { readKeptLog } from './read-kept-log.ts';
import { readLog } from './read-log.ts';
import { openRelay } from './relay.ts';
import { openVolumes } from './volumes.ts';

export interface DockerOptions {
  /** A Docker client's `config.json` with credentials for registries; absent: pulls are anonymous. */
  readonly configFile?: string;
  /** Asked about everything an engine says about a container, and the last lines of one that ended badly. */
  readonly hide?: Hide;
}

const asItIs: Hide = (text) => text;

/** The port to a real engine. Connects with the first call, and again after every loss: nothing to close. */
export function openDocker(endpoint: DockerEndpoint, options: DockerOptions = {}): DockerPort {
  const { configFile, hide = asItIs } = options;
  const calls = openCalls(hideInRefusals(openTransport(endpoint), hide));
  return {
    ping: async (signal) => {
      await calls.answer({ method: 'GET', path: '/_ping', purpose: 'ping the engine' }, signal);
    },
    info: async (signal) => toEngineInfo(await readInfo(calls, signal), await calls.version(signal)),
    ...openContainers(calls, hide),
    ...openNetworks(calls),
    ...openVolumes(calls),
    ...openMarkers(calls),
    keepLog: (id, log, signal) => keepLog(calls, { id, log }, signal),
    ...openFiles(calls),
    exec: (id, cmd, signal) => exec(calls, id, cmd, signal),
    openExec: (id, options, signal) => openExec(calls, { ...options, id }, signal),
    dialFrom: openDialer(calls, endpoint.kind === 'unix'),
    readLog: (id, options, signal) => readLog(calls, { ...options, id }, signal),
    readKeptLog: (volume, options, signal) => readKeptLog(calls, { ...options, volume }, signal),
    ...openImages(calls, configFile),
    events: (signal) => readEvents(calls, signal),
    acquireLease: (owner, holder, signal) => acquireLease(calls, owner, holder, signal),
    openRelay: (owner, signal) => openRelay(calls, owner, signal),
  };
}
