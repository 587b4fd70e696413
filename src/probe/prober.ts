import type { DockerPort } from '../docker/port.ts';
import type { ObservedHealth } from '../model/observed.ts';
import type { ProbeQuestion } from '../model/probes.ts';
import { createAlarm } from './alarm.ts';
import { createAsker } from './ask.ts';
import type { Clock } from './clock.ts';
import type { Dial } from './dial.ts';
import { createProbedLife, type ProbedLife, type ProbeTarget, type Probing } from './probed-life.ts';
import { createProbedLives, earliestTurn, takeTurns } from './probed-lives.ts';
import { createAddressResolver } from './resolve-address.ts';

export interface ProberOptions {
  readonly docker: Pick<DockerPort, 'exec'>;
  readonly clock: Clock;
  /** Told when the health of a life is not what was known of it. May call the prober. */
  readonly report: (containerId: string, startedAt: number, health: ObservedHealth) => void;
}

/** Asks the probes of the containers of one host. What it finds is reported; what follows from it is not its concern. */
export interface Prober {
  /**
   * From now on these and no others. A life that was watched before (same id and startedAt) keeps what was found of it,
   * and probes that changed take the place of the former.
   */
  watch(targets: readonly ProbeTarget[]): void;
  /** Asks, until `close`. */
  open(dial: Dial): void;
  /** Takes back every question. What was found stays. */
  close(): void;
}

type Lane = 'exec' | 'network';

/** Questions under way at a time. An engine has to start a process for an exec; a connection costs next to nothing. */
const LANE_WIDTH: Readonly<Record<Lane, number>> = { exec: 16, network: 128 };

/** One alarm, set to the earliest turn: looking through all probes then costs less than keeping them in order. */
export function createProber({ docker, clock, report }: ProberOptions): Prober {
  const resolveAddress = createAddressResolver();
  const lives = createProbedLives((target) =>
    createProbedLife(target, {
      clock,
      createAsker: (probe) => createAsker(probe, { docker, containerId: target.id, resolveAddress, clock }),
    }),
  );
  const alarm = createAlarm(clock, askWhatIsDue);
  const underWay: Record<Lane, number> = { exec: 0, network: 0 };
  let watched: readonly ProbeTarget[] = [];
  let way: Dial | undefined;

  function askWhatIsDue(): void {
    if (way === undefined) return;
    const { due, next } = takeTurns(lives.all(), clock.elapsed());
    for (const { life, probing } of due) {
      // Who finds the lane full is asked when a question of that lane ends.
      if (underWay[laneOf(probing)] < LANE_WIDTH[laneOf(probing)]) void ask(life, probing, way);
    }
    alarm.ringBy(next);
  }

  async function ask(life: ProbedLife, probing: Probing, dial: Dial): Promise<void> {
    const lane = laneOf(probing);
    const asking = new AbortController();
    const askedAt = clock.elapsed();
    probing.asking = asking;
    underWay[lane] += 1;
    const answer = await probing.asker.ask({ dial, address: life.target().address, signal: asking.signal });
    const wasFull = underWay[lane] === LANE_WIDTH[lane];
    underWay[lane] -= 1;
    probing.asking = undefined;
    if (!asking.signal.aborted) {
      life.note(probing, answer, askedAt);
      tell(life);
    }
    comeBackBy(wasFull ? clock.elapsed() : earliestTurn(life));
  }

  function tell(life: ProbedLife): void {
    const news = life.news();
    const { id, startedAt } = life.target();
    if (news !== undefined) report(id, startedAt, news);
  }

  function comeBackBy(at: number): void {
    if (way !== undefined) alarm.ringBy(at);
  }

  return {
    watch(targets) {
      if (targets === watched) return;
      watched = targets;
      lives.replaceAll(targets);
      for (const life of lives.all()) {
        tell(life);
        comeBackBy(earliestTurn(life));
      }
    },
    open(dial) {
      way = dial;
      askWhatIsDue();
    },
    close() {
      way = undefined;
      alarm.silence();
      for (const life of lives.all()) life.leave();
    },
  };
}

function laneOf({ probe }: Probing): Lane {
  return LANE_OF[probe.question.kind];
}

const LANE_OF: Readonly<Record<ProbeQuestion['kind'], Lane>> = { exec: 'exec', tcp: 'network', http: 'network' };
