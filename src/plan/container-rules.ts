import type { DesiredContainer, Resources } from '../model/desired.ts';
import { isMadeFrom } from '../model/made-from.ts';
import type { ObservedContainer, ObservedResources } from '../model/observed.ts';

/** What one container that is there needs, by the table below. */
export type Verdict =
  | { readonly kind: 'keep' }
  /** The engine is at it: an event will tell. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'start'; readonly reason: string }
  /** Stop and start. */
  | { readonly kind: 'restart'; readonly intent: 'update' | 'repair'; readonly reason: string }
  /** It wants to be told that files it has mounted are others now. */
  | { readonly kind: 'announce'; readonly cmd: readonly string[]; readonly reason: string }
  | { readonly kind: 'unpause'; readonly reason: string }
  | { readonly kind: 'update'; readonly reason: string }
  | { readonly kind: 'rename'; readonly reason: string }
  | { readonly kind: 'replace'; readonly intent: 'replace' | 'repair'; readonly reason: string };

export interface Facts {
  readonly desired: DesiredContainer;
  readonly observed: ObservedContainer;
  readonly version: string | undefined;
  /** The sandbox it belongs to; undefined when it is one itself. */
  readonly sandbox: ObservedContainer | undefined;
  /** Engine ids of what has the name of the application network; only its sandboxes are on it. */
  readonly networkIds: readonly string[];
  /** Names of the config maps it has mounted that changed, or are about to, since it began and was last told. */
  readonly changedFiles: readonly string[];
}

interface Rule {
  /** A sentence of the specification. */
  readonly because: string;
  readonly applies: (facts: Facts) => boolean;
  readonly verdict: (facts: Facts) => Verdict;
}

const repair = (reason: string): Verdict => ({ kind: 'replace', intent: 'repair', reason });

/**
 * First match wins. WHAT REPLACES STANDS BEFORE WHAT STARTS: a replacement begins with a stop, and a stopped container
 * that was then started again would be stopped again, for ever.
 */
const CONTAINER_RULES: readonly Rule[] = [
  {
    because: 'a container the engine is removing is waited for',
    applies: ({ observed }) => observed.status === 'removing',
    verdict: () => ({ kind: 'wait' }),
  },
  {
    because: 'a container in a state nobody here knows is waited for, not destroyed',
    applies: ({ observed }) => observed.status === 'unknown',
    verdict: () => ({ kind: 'wait' }),
  },
  {
    because: 'a container made from another specification is replaced',
    applies: ({ desired, observed }) => !isMadeFrom(desired, observed.identity?.configHash),
    verdict: (facts) => ({ kind: 'replace', intent: 'replace', reason: changeReason(facts) }),
  },
  {
    because: 'a dead container cannot be started again',
    applies: ({ observed }) => observed.status === 'dead',
    verdict: () => repair('the engine could not end it'),
  },
  {
    because: 'a container joined to a sandbox that is gone can never start again',
    applies: ({ observed, sandbox }) => sandbox !== undefined && observed.sandboxId !== sandbox.id,
    verdict: () => repair('its sandbox is gone'),
  },
  {
    because: 'a sandbox that was taken off its network is made anew',
    applies: ({ desired: { network }, observed }) =>
      network.kind === 'network' && observed.addresses[network.network] === undefined,
    verdict: () => repair('it was disconnected from its network'),
  },
  {
    because: 'a sandbox whose network was made anew under its name can never start again',
    applies: ({ desired: { network }, observed, networkIds }) =>
      network.kind === 'network' && isElsewhere(observed.networkIds[network.network], networkIds),
    verdict: () => repair('its network is gone'),
  },
  {
    because: 'a sandbox that somebody put on a further network is made anew: applications are kept apart',
    applies: ({ desired, observed }) => furtherNetworks(desired, observed).length > 0,
    verdict: ({ desired, observed }) =>
      repair(`somebody connected it to ${furtherNetworks(desired, observed).join(', ')}`),
  },
  {
    because: 'a limit that somebody set where none belongs can only be taken away by replacing the container',
    applies: ({ desired, observed }) => addedLimits(desired.resources, observed.resources).length > 0,
    verdict: ({ desired, observed }) =>
      repair(`somebody set ${addedLimits(desired.resources, observed.resources).join(', ')}`),
  },
  {
    because: 'a container that was made but never ran is started',
    applies: ({ observed }) => observed.status === 'created',
    verdict: ({ observed }) => ({ kind: 'start', reason: observed.engineError || 'it has not been started' }),
  },
  {
    because: 'a container that the engine does not restart by itself is started',
    applies: ({ observed }) => observed.status === 'exited',
    verdict: ({ observed }) => ({ kind: 'start', reason: `it ended with exit code ${observed.exitCode ?? 'unknown'}` }),
  },
  {
    because: 'a paused container is woken',
    applies: ({ observed }) => observed.status === 'paused',
    verdict: () => ({ kind: 'unpause', reason: 'it was paused' }),
  },
  {
    because: 'a container older than the life of its sandbox sits in a network namespace that is gone',
    // A sandbox in its first life has none to be older than: there a clock was set back.
    applies: ({ observed, sandbox }) =>
      sandbox !== undefined &&
      sandbox.finishedAt > 0 &&
      observed.startedAt > 0 &&
      observed.startedAt < sandbox.startedAt,
    verdict: () => ({ kind: 'restart', intent: 'repair', reason: 'its sandbox was restarted' }),
  },
  {
    because: 'a container whose startup or liveness probe failed is restarted, and it alone',
    applies: (facts) => facts.observed.status === 'running' && failedProbe(facts) !== undefined,
    verdict: (facts) => {
      const reason = `its ${failedProbe(facts) ?? ''} probe failed: ${facts.observed.health.message}`;
      return { kind: 'restart', intent: 'repair', reason };
    },
  },
  {
    because: 'a container whose mounted files changed is told, or restarted where it cannot be told',
    applies: ({ observed, changedFiles }) => observed.status === 'running' && changedFiles.length > 0,
    verdict: ({ desired: { onFileChange }, changedFiles }) => {
      const reason = `the files of ${changedFiles.join(', ')} changed`;
      if (onFileChange.kind === 'restart') return { kind: 'restart', intent: 'update', reason };
      return { kind: 'announce', cmd: onFileChange.cmd, reason };
    },
  },
  {
    because: 'a container the engine is restarting is left to it',
    applies: ({ observed }) => observed.status === 'restarting',
    verdict: () => ({ kind: 'wait' }),
  },
  {
    because: 'limits or a restart policy that somebody changed are set back in place',
    applies: ({ desired, observed }) =>
      changedLimits(desired.resources, observed.resources) || desired.restart !== observed.restartPolicy,
    verdict: () => ({ kind: 'update', reason: 'somebody changed its limits or restart policy' }),
  },
  {
    because: 'a container that somebody renamed gets its name back',
    applies: ({ desired, observed }) => observed.name !== desired.name,
    verdict: ({ observed }) => ({ kind: 'rename', reason: `somebody renamed it to ${observed.name}` }),
  },
];

/** What a container that is there needs. */
export function judgeContainer(facts: Facts): Verdict {
  const rule = CONTAINER_RULES.find(({ applies }) => applies(facts));
  return rule?.verdict(facts) ?? { kind: 'keep' };
}

/** In the words of the author: the version when it moved, else that the text did. */
function changeReason({ observed, version }: Facts): string {
  const before = observed.identity?.applicationVersion;
  if (before === version) return 'its specification changed';
  return `version ${before ?? '(none)'} → ${version ?? '(none)'}`;
}

/** The probe whose failure asks for a restart; one that the specification has dropped asks for nothing. */
function failedProbe({ desired: { probes }, observed: { health } }: Facts): 'startup' | 'liveness' | undefined {
  const hasFailed = (kind: 'startup' | 'liveness') => probes[kind] !== undefined && health[kind] === 'failure';
  return (['startup', 'liveness'] as const).find(hasFailed);
}

/** '' has never been on one. */
function isElsewhere(networkId: string | undefined, wanted: readonly string[]): boolean {
  return networkId !== undefined && networkId !== '' && !wanted.includes(networkId);
}

function furtherNetworks({ network }: DesiredContainer, { addresses }: ObservedContainer): readonly string[] {
  return network.kind === 'network' ? Object.keys(addresses).filter((name) => name !== network.network) : [];
}

interface Limit {
  readonly name: string;
  readonly wanted: number;
  readonly found: number;
}

/** Of those that the engine can set at all: what it discards is nobody's doing and never mends. */
function limitsOf(desired: Resources, observed: ObservedResources): readonly Limit[] {
  const limits = [
    { name: 'a memory limit', wanted: desired.memoryBytes, found: observed.memoryBytes },
    { name: 'a cpu limit', wanted: desired.nanoCpus, found: observed.nanoCpus },
    { name: 'cpu shares', wanted: desired.cpuShares, found: observed.cpuShares },
  ];
  return limits.flatMap(({ name, wanted, found }) => (found === undefined ? [] : [{ name, wanted, found }]));
}

function changedLimits(desired: Resources, observed: ObservedResources): boolean {
  return limitsOf(desired, observed).some(({ wanted, found }) => wanted !== found);
}

/** The engine's update call cannot say "no limit" (0 means unchanged there). */
function addedLimits(desired: Resources, observed: ObservedResources): readonly string[] {
  return limitsOf(desired, observed)
    .filter(({ wanted, found }) => wanted === 0 && found !== 0)
    .map(({ name }) => name);
}
