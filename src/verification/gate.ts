import { isAncestor } from '../git/ancestry.ts';
import type { GitPort, Tag } from '../git/port.ts';
import { trailerValues } from '../model/commit-trailer.ts';
import { createHistory } from '../reconcile/history.ts';
import { decide, REPLACES, type Admission, type Approved, type VerifyMode } from '../signatures/admission.ts';
import type { TrustedKeys } from '../signatures/trusted-keys.ts';
import { refuse, type Verdict } from '../signatures/verdict.ts';
import type { KeySource } from './key-files.ts';
import { findVerified, lineFrom, tagsOf, type LineOptions, type Sighted } from './line.ts';
import { createVerdicts, JUDGE_AGAIN_MS, type Verdicts } from './verdicts.ts';
import type { VerifiedMemory } from './verified-memory.ts';

export interface GateOptions {
  readonly mode: VerifyMode;
  readonly git: GitPort;
  readonly keys: KeySource;
  readonly memory: VerifiedMemory;
  /** First parents walked back at most, to find a verified revision. */
  readonly limit: number;
  /** ms since the epoch */
  readonly now: () => number;
}

/** Stands between fetching and resolving: lets through what a trusted key vouches for. */
export interface VerificationGate {
  /**
   * Which revision may be in force now that the branch is at `head`. Where neither it, nor a tag, nor a key changed since,
   * this reads nothing.
   * @throws GitError
   */
  admit(head: string, signal: AbortSignal): Promise<Admission>;
  /** Whether a trusted key vouches for just that commit. Changes nothing, and may be asked at any time. @throws GitError */
  judge(commit: string, signal: AbortSignal): Promise<Verdict>;
}

/** A rewritten branch is told from one that grew by walking back as far. */
const ANCESTRY_LIMIT = 5_000;
/** Beyond these first parents, what is much older than the revision in force is not walked. */
const NEAR = 100;

/** What an admission was made from. */
interface Made {
  readonly head: string;
  readonly keys: TrustedKeys;
  readonly tags: string;
  readonly at: number;
  readonly admission: Admission;
}

export function createGate(options: GateOptions): VerificationGate {
  return new Gate(options);
}

class Gate implements VerificationGate {
  readonly #options: GateOptions;
  readonly #verdicts: Verdicts;
  /** The verified revision in force. */
  #anchor: Approved | undefined;
  #isRecalled = false;
  #made: Made | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#verdicts = createVerdicts(options);
  }

  async admit(head: string, signal: AbortSignal): Promise<Admission> {
    const { keys: source, now, memory } = this.#options;
    const found = await this.#listTags(signal);
    const question = { head, keys: await source.current(), tags: nameTags(found), at: now() };
    if (this.#made !== undefined && isStill(this.#made, question)) return this.#made.admission;
    if (!this.#isRecalled) this.#anchor = await memory.recall();
    this.#isRecalled = true;
    const admission = await this.#decide(head, found, signal);
    const { approved } = admission;
    // Kept before anything is applied: a daemon killed in between must not go back behind it.
    if (approved !== undefined && approved.revision !== this.#anchor?.revision) await memory.keep(approved);
    this.#anchor = approved ?? this.#anchor;
    this.#made = { ...question, admission };
    return admission;
  }

  async judge(commit: string, signal: AbortSignal): Promise<Verdict> {
    const tags = await this.#listTags(signal);
    if (tags === undefined) return await this.#verdicts.commit(commit, signal);
    let first: Verdict | undefined;
    for (const tag of tagsOf(commit, tags)) {
      const verdict = await this.#verdicts.tag(tag, signal);
      if (verdict.verified) return verdict;
      first ??= refuse(`has the tag ${tag.name}, which ${verdict.reason}`);
    }
    return first ?? refuse('has no annotated tag');
  }

  async #listTags(signal: AbortSignal): Promise<readonly Tag[] | undefined> {
    return this.#options.mode === 'tag' ? await this.#options.git.listTags(signal) : undefined;
  }

  async #decide(head: string, tags: readonly Tag[] | undefined, signal: AbortSignal): Promise<Admission> {
    const { mode, git, limit } = this.#options;
    const anchor = this.#anchor;
    const line: LineOptions = { git, verdicts: this.#verdicts, limit, tags, signal };
    const sighted = await findVerified(head, anchor?.revision, line);
    const { candidate, refused, isReached } = sighted;
    const base = { mode, head, limit, anchor, candidate, refused };
    if (anchor === undefined) return decide({ ...base, isAnchorHere: false, isAnchorInBranch: false, mayFollow: true });
    const mayFollow = candidate !== undefined && (await this.#mayFollow(anchor, candidate, { ...line, sighted }));
    const isAnchorInBranch = isReached || (candidate === undefined && (await this.#descends(head, anchor, signal)));
    const isAnchorHere = isReached || mayFollow || (await git.readCommit(anchor.revision, signal)) !== undefined;
    return decide({ ...base, isAnchorHere, isAnchorInBranch, mayFollow });
  }

  /** Newer revisions descend from those before them; others have to say in a signed message what they replace. */
  async #mayFollow(
    anchor: Approved,
    candidate: Approved,
    { sighted, ...line }: LineOptions & { readonly sighted: Sighted },
  ): Promise<boolean> {
    if (await this.#descends(candidate.revision, anchor, line.signal)) return true;
    if (replaces(sighted.message, anchor)) return true;
    if (line.tags !== undefined) return false;
    // Where it came with several commits, any of them may say so.
    for await (const { oid, message } of lineFrom(candidate.revision, line)) {
      if (!replaces(message, anchor)) continue;
      const judgement = await this.#verdicts.commit(oid, line.signal);
      if (judgement.verified && replaces(judgement.message, anchor)) return true;
    }
    return false;
  }

  async #descends(revision: string, former: Approved, signal: AbortSignal): Promise<boolean> {
    const { git, limit } = this.#options;
    // Clocks of committers may be wrong by years, so the times of those that are near do not count.
    for await (const { oid } of lineFrom(revision, { git, limit: NEAR, signal })) {
      if (oid === former.revision) return true;
    }
    const history = createHistory({ git, limit: Math.max(limit, ANCESTRY_LIMIT), signal });
    const commits = { readCommit: (oid: string) => history.read(oid) };
    return (await isAncestor(commits, { oid: former.revision, time: former.time }, revision)) === true;
  }
}

/** What is not well is looked at again after some time, for a clock or a key may be another. */
function isStill(made: Made, { head, keys, tags, at }: Omit<Made, 'admission'>): boolean {
  if (made.head !== head || made.keys !== keys || made.tags !== tags) return false;
  return made.admission.verification.error === '' || Math.abs(at - made.at) < JUDGE_AGAIN_MS;
}

function nameTags(tags: readonly Tag[] | undefined): string {
  return (tags ?? []).map(({ name, oid }) => `${oid} ${name}`).join('\n');
}

/** A name short enough to stand for several commits would replace what nobody meant. */
const SHORTEST = 12;

function replaces(message: string, { revision }: Approved): boolean {
  const values = trailerValues(message, REPLACES).map((value) => value.toLowerCase());
  return values.some((value) => value.length >= SHORTEST && revision.startsWith(value));
}
