import { expect } from 'vitest';
import { emptyHost } from '../../src/foresee/empty-host.ts';
import { foresee, type Foreseen } from '../../src/foresee/foresee.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import { instanceKey } from '../../src/model/names.ts';
import type { ObservedHost } from '../../src/model/observed.ts';
import { createDice } from '../upgrade/dice.ts';
import { createActualHost, type ActualHost } from './actual-host.ts';
import type { Specs } from './changes.ts';
import type { Circumstances } from './circumstances.ts';
import { Commits } from './commits.ts';
import { expectAsForeseen } from './compare.ts';
import { essenceOf } from './essence.ts';

/** A host on the fake engine, and the same one as it is foreseen from its first commit on without ever being looked at. */
export interface CourseOfHost {
  readonly host: ActualHost;
  /** Foreseen both ways, then done. Returns what was foreseen. @throws where it is not what happens */
  commit(specs: Specs, options?: CommitOptions): Promise<Foreseen>;
  /** The newest commit once more, after somebody has meddled: foreseen from what is seen, then done. */
  goOn(): Promise<Foreseen>;
}

export interface CommitOptions {
  readonly allowsPrune?: boolean;
  /** It is foreseen anew, in the middle, after so many steps; default: it is not. */
  readonly stopAfter?: number | undefined;
  /** Default: nothing beside the applications decides. */
  readonly circumstances?: Circumstances;
  /** What is done to the host by hand when it is foreseen anew; default: nothing. */
  readonly meddle?: (host: ActualHost) => void;
}

/** Between two commits: nothing of the one is tried again for the sake of the other. */
const PAUSE_MS = 60_000;

export async function createCourseOfHost(seed: number): Promise<CourseOfHost> {
  const host = await createActualHost(createDice(seed));
  const commits = new Commits();
  let desired: DesiredSite = commits.add([]);
  let unseen: Pick<Foreseen, 'observed' | 'until'> = {
    observed: emptyHost('local'),
    until: host.clock.now() - PAUSE_MS,
  };

  async function toTheEnd(allowed: boolean): Promise<Foreseen> {
    const observed = await host.look();
    const applications = Object.keys(observed.applications);
    const known = { desired, observed, networkPool: POOL, allowsPrune: () => allowed, ...host.memories() };
    const foreseen = foresee({ ...known, now: host.clock.now() });
    const taken = await host.bring(desired, { pruneVerdict: { applications, allowed } });
    expectAsForeseen(foreseen, taken, await host.look());
    return foreseen;
  }

  async function bring(allowed: boolean, stopAfter: number | undefined): Promise<void> {
    const applications = Object.keys((await host.look()).applications);
    await host.bring(desired, { pruneVerdict: { applications, allowed }, stopAfter });
  }

  return {
    host,
    async commit(specs, { allowsPrune = true, stopAfter, circumstances, meddle } = {}) {
      desired = commits.add(specs, circumstances);
      const known = { desired, networkPool: POOL, allowsPrune: () => allowsPrune };
      // Windows open by the clock on the wall, which work has brought a little further.
      const now = Math.max(unseen.until + PAUSE_MS, host.clock.now());
      const foreseen = foresee({ ...known, observed: unseen.observed, now });
      if (stopAfter === undefined && meddle === undefined) {
        const seen = await toTheEnd(allowsPrune);
        expectAsForeseen(foreseen, seen.steps, seen.observed);
        unseen = foreseen;
      } else {
        await bring(allowsPrune, stopAfter);
        meddle?.(host);
        if (isAllSeen(await host.look())) await toTheEnd(allowsPrune);
        else await bring(allowsPrune, undefined);
        if (meddle === undefined) {
          expect(essenceOf(await host.look())).toEqual(essenceOf(foreseen.observed));
          unseen = foreseen;
        } else unseen = await toTheEnd(allowsPrune);
      }
      await host.clock.advance(PAUSE_MS);
      return foreseen;
    },
    goOn: () => toTheEnd(true),
  };
}

const POOL = '10.201.0.0/16';

/** What config maps hold is seen only while their sandbox runs; in the middle of a replacement nobody can know it. */
function isAllSeen({ applications }: ObservedHost): boolean {
  return Object.values(applications).every(({ volumes, instances }) =>
    volumes.every(({ kind, volume, identity }) => {
      const { containers = [] } = instances[instanceKey(identity)] ?? {};
      return kind !== 'files' || containers.some(({ files }) => files[volume] !== undefined);
    }),
  );
}
