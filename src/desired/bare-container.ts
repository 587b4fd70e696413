import type { DesiredContainer } from '../model/desired.ts';

/** The engine's own default, and ours (contract 8.5). */
export const STOP_TIMEOUT_MS = 10_000;

/** What a container has for which nothing was asked. */
export const BARE_CONTAINER = {
  entrypoint: undefined,
  cmd: undefined,
  env: {},
  user: undefined,
  resources: { memoryBytes: 0, nanoCpus: 0, cpuShares: 0 },
  init: false,
  stopTimeoutMs: STOP_TIMEOUT_MS,
  restart: 'no',
  hostname: undefined,
  capabilitiesDropped: [],
  capabilitiesAdded: [],
  unconfined: [],
  devices: [],
  gpus: undefined,
  layerBytes: 0,
  log: { kind: 'engine' },
  logArchive: undefined,
  ports: [],
  pid: 'own',
  mounts: [],
  prepare: [],
  pullAlways: false,
  probes: {},
  onFileChange: { kind: 'restart' },
  delayedShutdownCmd: [],
} as const satisfies Partial<DesiredContainer>;
