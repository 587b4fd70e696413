import { createLru } from '../git/lru.ts';
import type { GitPort, Tag } from '../git/port.ts';
import { judgeCommit, judgeTag, type Exhibit, type Judgement } from '../signatures/judge.ts';
import type { TrustedKeys } from '../signatures/trusted-keys.ts';
import type { KeySource } from './key-files.ts';

export interface VerdictOptions {
  readonly git: Pick<GitPort, 'readObject'>;
  readonly keys: KeySource;
  /** ms since the epoch */
  readonly now: () => number;
}

/** Judges commits and tags, each once as long as the trusted keys are the same. */
export interface Verdicts {
  /** @throws GitError */
  commit(oid: string, signal: AbortSignal): Promise<Judgement>;
  /** Whether the tag is signed, for its name and its commit. @throws GitError */
  tag(tag: Tag, signal: AbortSignal): Promise<Judgement>;
}

/** A verdict that is not good may be another after some time: a clock was wrong, a key was not valid yet. */
export const JUDGE_AGAIN_MS = 5 * 60 * 1000;
const KEPT = 2000;

interface Kept {
  readonly judgement: Judgement;
  readonly keys: TrustedKeys;
  readonly at: number;
}

export function createVerdicts({ git, keys: source, now }: VerdictOptions): Verdicts {
  const known = createLru<Kept>(KEPT, () => 1);

  async function judge(
    { name, oid }: { readonly name: string; readonly oid: string },
    signal: AbortSignal,
    decide: (exhibit: Exhibit) => Promise<Judgement>,
  ): Promise<Judgement> {
    const [keys, at] = [await source.current(), now()];
    const kept = known.get(name);
    const isFresh = kept?.judgement.verified === true || Math.abs(at - (kept?.at ?? 0)) < JUDGE_AGAIN_MS;
    if (kept?.keys === keys && isFresh) return kept.judgement;
    const bytes = await git.readObject(oid, signal);
    if (bytes === undefined) return { verified: false, reason: 'is not to be had from the repository', message: '' };
    const judgement = await decide({ oid, bytes, keys, now: at });
    known.set(name, { judgement, keys, at });
    return judgement;
  }

  return {
    commit: (oid, signal) => judge({ name: oid, oid }, signal, judgeCommit),
    tag: (tag, signal) =>
      judge({ name: `${tag.oid} ${tag.commit} ${tag.name}`, oid: tag.oid }, signal, (exhibit) =>
        judgeTag(exhibit, tag),
      ),
  };
}
