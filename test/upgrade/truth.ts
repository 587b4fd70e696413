import type { DesiredApplication, DesiredContainer } from '../../src/model/desired.ts';
import { LABEL } from '../../src/model/names.ts';
import type { Probes } from '../../src/model/probes.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import type { FakeEngine } from '../fakes/fake-engine.ts';
import { healthOf, NO_UPSET, type Upset } from './behaviour.ts';

// How things really are on the engine, whatever the daemon has seen of it.

/** An instance as it is. */
export interface TrueInstance {
  readonly key: string;
  readonly service: string;
  readonly index: number;
  /** '' for none. */
  readonly version: string;
  /** Target of the upgrade that made it; '' for none. */
  readonly upgrade: string;
  readonly sandbox: FakeContainer | undefined;
  readonly containers: readonly FakeContainer[];
  /** Since when all of it has been ready without interruption, ms since the epoch; undefined: it is not. */
  readonly readySince: number | undefined;
  /** The longest time for which it has been ready, in ms; undefined: it never was. */
  readonly longestReady: number | undefined;
}

export type TrueInstances = ReadonlyMap<string, TrueInstance>;

/** The texts somebody could know: the newest wish and the earlier ones, in this order. */
export type Texts = readonly DesiredApplication[];

export class Truth {
  readonly #engine: FakeEngine;
  /** By instance: what has been ready, told by the lives of its containers, and since when. */
  readonly #ready = new Map<string, { readonly sandbox: string; readonly lives: string; readonly since: number }>();
  /** By the id of a sandbox, in ms. */
  readonly #longest = new Map<string, number>();
  /** By the id and the start of a container. */
  readonly #upsets = new Map<string, Upset>();
  #wishes: ReadonlyMap<string, DesiredContainer> = new Map();
  #members: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(engine: FakeEngine) {
    this.#engine = engine;
  }

  /** From now on these are the texts. */
  learn(texts: Texts): void {
    const instances = [...texts]
      .reverse()
      .flatMap(({ instances, revision }) => instances.map((one) => ({ one, revision })));
    const all = instances.flatMap(({ one }) => one.containers);
    this.#wishes = new Map(all.map((container) => [`${container.name} ${container.configHash}`, container]));
    this.#members = new Map(
      instances.map(({ one, revision }) => [`${one.key} ${revision}`, one.containers.map(({ name }) => name)]),
    );
  }

  upset(container: FakeContainer, upset: Partial<Upset>): void {
    this.#upsets.set(lifeOf(container), { ...this.upsetOf(container), ...upset });
  }

  upsetOf(container: FakeContainer): Upset {
    return this.#upsets.get(lifeOf(container)) ?? NO_UPSET;
  }

  /** A changed probe restarts nothing, so the newest text of those it may have been made from counts. */
  probesOf({ desired }: FakeContainer): Probes {
    return (this.#wishes.get(`${desired.name} ${desired.configHash}`) ?? desired).probes;
  }

  /** Has to be looked at after everything that happens: what has been ready since is told by looking alone. */
  look(): TrueInstances {
    const groups = new Map<string, FakeContainer[]>();
    for (const container of this.#engine.containers()) {
      const key = keyOf(container);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [container]);
      else group.push(container);
    }
    for (const key of this.#ready.keys()) if (!groups.has(key)) this.#ready.delete(key);
    return new Map([...groups].map(([key, containers]) => [key, this.#instance(key, containers)]));
  }

  #instance(key: string, containers: readonly FakeContainer[]): TrueInstance {
    const sandbox = containers.find((one) => roleOf(one) === 'sandbox');
    const { labels } = sandbox ?? containers[0]!;
    const readySince = this.#readySince(key, containers, sandbox);
    return {
      key,
      service: labels[LABEL.service] ?? '',
      index: Number(labels[LABEL.instance]),
      version: labels[LABEL.applicationVersion] ?? '',
      upgrade: sandbox?.labels[LABEL.upgrade] ?? '',
      sandbox,
      containers,
      readySince,
      longestReady: this.#longest.get(sandbox?.id ?? ''),
    };
  }

  #readySince(
    key: string,
    containers: readonly FakeContainer[],
    sandbox: FakeContainer | undefined,
  ): number | undefined {
    const before = this.#ready.get(key);
    const now = this.#engine.now();
    if (before !== undefined) {
      this.#longest.set(before.sandbox, Math.max(this.#longest.get(before.sandbox) ?? 0, now - before.since));
    }
    const members = containers.filter((one) => roleOf(one) === 'container');
    const isReady =
      sandbox?.status === 'running' &&
      members.length > 0 &&
      this.#isWhole(key, containers) &&
      members.every((member) => this.#isWell(member, sandbox));
    if (!isReady) {
      this.#ready.delete(key);
      return undefined;
    }
    const lives = [sandbox, ...members].map(lifeOf).join();
    if (before?.lives === lives) return before.since;
    this.#ready.set(key, { sandbox: sandbox.id, lives, since: now });
    this.#longest.set(sandbox.id, this.#longest.get(sandbox.id) ?? 0);
    return now;
  }

  /** Nothing is missing of the text it was made from; of one that nobody knows, nobody can tell. */
  #isWhole(key: string, containers: readonly FakeContainer[]): boolean {
    const revisions = new Set(containers.map(({ labels }) => labels[LABEL.revision]));
    const wanted = revisions.size > 1 ? undefined : this.#members.get(`${key} ${[...revisions].join()}`);
    return (wanted ?? []).every((name) => containers.some(({ desired }) => desired.name === name));
  }

  #isWell(member: FakeContainer, sandbox: FakeContainer): boolean {
    if (member.status !== 'running') return false;
    if (sandbox.finishedAt > 0 && member.startedAt < sandbox.startedAt) return false;
    const probes = this.probesOf(member);
    const health = healthOf(member, probes, { now: this.#engine.now(), upset: this.upsetOf(member) });
    if (health.startup === 'failure' || health.liveness === 'failure') return false;
    if (probes.readiness !== undefined) return health.readiness === 'success';
    return probes.startup === undefined || health.startup === 'success';
  }
}

/** `acme.shop.web-1` */
export function keyOf({ labels }: FakeContainer): string {
  return `${labels[LABEL.tenant]}.${labels[LABEL.application]}.${labels[LABEL.service]}-${labels[LABEL.instance]}`;
}

export function roleOf({ labels }: FakeContainer): string {
  return labels[LABEL.role] ?? '';
}

export function lifeOf({ id, startedAt }: FakeContainer): string {
  return `${id} ${startedAt}`;
}
