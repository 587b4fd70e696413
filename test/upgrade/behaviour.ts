import type { ObservedHealth } from '../../src/model/observed.ts';
import type { Probes } from '../../src/model/probes.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';

// What the programs in the containers do by themselves, and what probes find of them, as time goes by.

/** Stands in the environment of a container, so that another behaviour is another text. */
export type Behaviour = keyof typeof PROGRAMS;
export const BEHAVIOUR_VARIABLE = 'BEHAVIOUR';

/** Times in ms after the start of a container; Infinity: never. */
interface Program {
  readonly startsAfter: number;
  readonly failsToStartAfter: number;
  readonly readyAfter: number;
  readonly hangsAfter: number;
  readonly endsAfter: number;
  /** So many lives of one container are so, the later ones are well. */
  readonly sickLives: number;
}

const WELL: Program = {
  startsAfter: 1_000,
  failsToStartAfter: Infinity,
  readyAfter: 2_000,
  hangsAfter: Infinity,
  endsAfter: Infinity,
  sickLives: 0,
};

export const PROGRAMS = {
  well: WELL,
  slow: { ...WELL, readyAfter: 25_000, sickLives: Infinity },
  'never-ready': { ...WELL, readyAfter: Infinity, sickLives: Infinity },
  'never-starts': { ...WELL, startsAfter: Infinity, failsToStartAfter: 3_000, sickLives: 2 },
  hangs: { ...WELL, hangsAfter: 4_000, sickLives: 2 },
  crashes: { ...WELL, endsAfter: 5_000, sickLives: 3 },
  'crashes-at-once': { ...WELL, endsAfter: 500, sickLives: 3 },
} as const satisfies Record<string, Program>;

/** A readiness probe has its answer after so long, whatever it is, and a liveness probe after so long. */
const UNREADY_AFTER = 6_000;
const LIVE_AFTER = 1_000;

/** What befell one life of a container from outside. */
export interface Upset {
  /** Its readiness probe fails until then, ms since the epoch. */
  readonly unreadyUntil: number;
  readonly hangs: boolean;
}

export const NO_UPSET: Upset = { unreadyUntil: 0, hangs: false };

export function programOf({ desired, starts }: FakeContainer): Program {
  const name = Object.keys(PROGRAMS).find((known) => known === desired.env[BEHAVIOUR_VARIABLE]) ?? 'well';
  const program: Program = PROGRAMS[name as Behaviour];
  return (starts?.totalRestarts ?? 0) < program.sickLives ? program : WELL;
}

/** What these probes find of a running container, asked at this moment and answering at once. */
export function healthOf(container: FakeContainer, probes: Probes, { now, upset }: At): ObservedHealth {
  const program = programOf(container);
  const age = now - container.startedAt;
  const startup = probes.startup === undefined ? 'unknown' : startupOf(program, age);
  const isOpen = probes.startup === undefined || startup === 'success';
  const readiness = probes.readiness === undefined || !isOpen ? 'unknown' : readinessOf(program, age, { now, upset });
  const hangs = upset.hangs || age >= program.hangsAfter;
  const liveness = probes.liveness === undefined || !isOpen ? 'unknown' : hangs ? 'failure' : liveAt(age);
  const isFailing = [startup, readiness, liveness].includes('failure');
  return { startup, readiness, liveness, message: isFailing ? 'no answer' : '' };
}

interface At {
  readonly now: number;
  readonly upset: Upset;
}

function startupOf({ startsAfter, failsToStartAfter }: Program, age: number) {
  if (age >= failsToStartAfter) return 'failure';
  return age >= startsAfter ? 'success' : 'unknown';
}

function readinessOf({ readyAfter }: Program, age: number, { now, upset }: At) {
  if (now < upset.unreadyUntil) return 'failure';
  if (age >= readyAfter) return 'success';
  return age >= UNREADY_AFTER ? 'failure' : 'unknown';
}

function liveAt(age: number) {
  return age >= LIVE_AFTER ? 'success' : 'unknown';
}

/** When something about a running container changes by itself, ms since the epoch; Infinity: never. */
export function nextChange(
  container: FakeContainer,
  { now, upset, isAsked }: At & { readonly isAsked: boolean },
): number {
  const { startsAfter, failsToStartAfter, readyAfter, hangsAfter, endsAfter } = programOf(container);
  const asked = [startsAfter, failsToStartAfter, readyAfter, hangsAfter, UNREADY_AFTER, LIVE_AFTER];
  const ages = isAsked ? [endsAfter, ...asked] : [endsAfter];
  const times = [upset.unreadyUntil, ...ages.map((age) => container.startedAt + age)];
  return Math.min(...times.map((time) => (time > now ? time : Infinity)));
}
