import { DockerError } from '../../src/docker/port.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { DesiredApplication, DesiredSite } from '../../src/model/desired.ts';
import { desire } from '../builders.ts';
import { faultsAtRest } from './at-rest.ts';
import { createDice } from './dice.ts';
import { edited, type Happening, type History } from './histories.ts';
import { createJudge, type Judge } from './judge.ts';
import type { LawName } from './laws.ts';
import { courseOf } from './oracle.ts';
import { Simulation, type Planner } from './simulation.ts';
import { roleOf } from './truth.ts';

export interface PlayOptions {
  readonly planner?: Planner;
  readonly laws?: readonly LawName[];
}

/** Plays a history to its end and until the host is at rest. Returns the steps that took effect; @throws what went wrong */
export async function play(history: History, { planner, laws }: PlayOptions = {}): Promise<number> {
  const judge = createJudge(laws, planner);
  const simulation = new Simulation({ dice: createDice(history.seed), watcher: judge, planner });
  try {
    await playOn(history, { simulation, judge, commits: new Commits() });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${judge.story.slice(-80).join('\n')}`, {
      cause: error,
    });
  }
  return simulation.steps;
}

async function playOn({ first, chapters }: History, stage: Stage): Promise<void> {
  const { simulation, judge, commits } = stage;
  await simulation.commit(commits.add(first));
  await simulation.work(500);
  for (const { happening, work } of chapters) {
    judge.tell(`${simulation.now} ${wordsFor(happening)}`);
    await happen(happening, stage);
    await simulation.work(work);
  }
  judge.tell(`${simulation.now} nobody meddles any more`);
  await simulation.settle();
  const faults = faultsAtRest(simulation, judge.failed);
  if (faults.length > 0) throw new Error(`at rest: ${faults.join('; ')}`);
}

function wordsFor(happening: Happening): string {
  return happening.kind === 'commit'
    ? `commit of version ${happening.spec.version ?? '(none)'}`
    : JSON.stringify(happening);
}

/** The repository: what is committed, and what is to be known of it. */
class Commits {
  readonly specs: ApplicationSpec[] = [];
  #history: readonly DesiredApplication[] = [];
  #former: DesiredSite | undefined;

  /** Each version once with its newest text, the newest first, three with the present one (contract 8.3). */
  add(spec: ApplicationSpec): DesiredSite {
    this.specs.unshift(spec);
    const former = this.#former ? { former: this.#former } : {};
    const site = desire([spec], { revision: `r${this.specs.length}`, ...former });
    const [key, application] = Object.entries(site.applications)[0]!;
    this.#history = [application, ...this.#history];
    const versions = new Map([...this.#history].reverse().map((one) => [one.version, one]));
    const known = [...new Set(this.#history)].filter((one) => versions.get(one.version) === one);
    const earlier = known.filter(({ version }) => version !== application.version).slice(0, 2);
    this.#former = { ...site, earlier: { [key]: earlier } };
    return this.#former;
  }
}

interface Stage {
  readonly simulation: Simulation;
  readonly judge: Judge;
  readonly commits: Commits;
}

async function happen(happening: Happening, stage: Stage): Promise<void> {
  const { simulation, judge } = stage;
  switch (happening.kind) {
    case 'commit':
      await commit(happening.spec, stage);
      return;
    case 'edit':
      await commit(edited(stage.commits.specs[0]!, happening.changes), stage);
      return;
    case 'revert': {
      const { specs } = stage.commits;
      await commit(specs[Math.min(happening.back, specs.length - 1)]!, stage);
      return;
    }
    case 'time':
      await simulation.wait(happening.ms);
      return;
    case 'daemon-restarts':
      await simulation.restartDaemon();
      return;
    case 'engine-restarts':
      judge.forget();
      await simulation.restartEngine();
      return;
    case 'pulls-fail':
      failPulls(simulation, happening.times);
      return;
    case 'calls-fail': {
      const { method, times } = happening;
      for (let time = 0; time < times; time += 1) {
        simulation.docker.failNext(method, new DockerError('refused', `the engine refuses ${method}`));
      }
      return;
    }
    default:
      befall(happening, stage);
      await simulation.pass();
  }
}

async function commit(spec: ApplicationSpec, { simulation, judge, commits }: Stage): Promise<void> {
  const { isStopped } = courseOf(simulation.moment());
  judge.forget();
  await simulation.commit(commits.add(spec));
  const { plan } = simulation;
  if (!isStopped || courseOf(simulation.moment()).isStopped || simulation.inFlight().length > 0) return;
  const idle = (plan?.later ?? []).filter(
    ({ waitingFor }) => !/^try |^it was done|probes of|^init container/.test(waitingFor),
  );
  if (plan?.steps.length === 0 && idle.length > 0) {
    throw new Error(`a commit after an abort is not acted upon: ${idle[0]?.step.id} waits for ${idle[0]?.waitingFor}`);
  }
}

function failPulls({ docker }: Simulation, times: number): void {
  for (const image of ['shop:1', 'shop:2']) {
    let left = times;
    docker.pulls.set(image, async () => {
      left -= 1;
      if (left >= 0) throw new DockerError('refused', 'the registry does not answer');
    });
  }
}

type Befalling = Exclude<
  Happening,
  { kind: 'commit' | 'edit' | 'revert' | 'time' | 'daemon-restarts' | 'engine-restarts' | `${string}-fail` }
>;

/** Something happens to one container or, of a few, to its instance. */
function befall(happening: Befalling, { simulation, judge }: Stage): void {
  const { docker, truth } = simulation;
  const all = docker.engine.containers();
  const victim = all[happening.which % Math.max(1, all.length)];
  if (victim === undefined) return;
  const runs = victim.status === 'running' && roleOf(victim) === 'container';
  switch (happening.kind) {
    case 'crash':
      if (runs) simulation.crash(victim, 1);
      return;
    case 'kill':
      if (victim.status !== 'running') return;
      judge.fails(victim, simulation.moment());
      docker.engine.killByHand(victim.id);
      return;
    case 'remove':
      docker.engine.remove(victim.id);
      return;
    case 'instance-removed':
      for (const { id } of all.filter(({ name }) => name.startsWith(victim.name.replace(/\.[a-z]+$/, '')))) {
        docker.engine.remove(id);
      }
      return;
    case 'hang':
      if (runs) truth.upset(victim, { hangs: true });
      return;
    case 'unready':
      if (runs) truth.upset(victim, { unreadyUntil: simulation.now + happening.ms });
      return;
    default:
      happening satisfies never;
  }
}
