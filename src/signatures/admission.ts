import type { Verdict } from './verdict.ts';

// Which revision may be in force. Pure: what was found goes in, the decision with its sentence comes out.

export type VerifyMode = 'commit' | 'tag';

/** A commit that a trusted key vouches for: by its own signature, or by that of a tag. */
export interface Approved {
  readonly revision: string;
  /** Its commit time, ms since the epoch. */
  readonly time: number;
  readonly signer: string;
  /** The tag that names it, in the mode `tag`. */
  readonly tag?: string | undefined;
}

/** The newest commit or tag that was to be in force and is not verified. */
export interface Refused {
  readonly revision: string;
  readonly tag?: string | undefined;
  readonly reason: string;
}

export interface Findings {
  readonly mode: VerifyMode;
  /** The head of the branch. */
  readonly head: string;
  /** First parents that may be looked at, besides the head. */
  readonly limit: number;
  /** What was in force before, if anything was. */
  readonly anchor: Approved | undefined;
  /** Whether what was before can still be read, and is still part of the branch. */
  readonly isAnchorHere: boolean;
  readonly isAnchorInBranch: boolean;
  /** The newest verified one that is newer than the anchor. */
  readonly candidate: Approved | undefined;
  /** Whether that may follow the anchor: it descends from it, or says in a signed message that it replaces it. */
  readonly mayFollow: boolean;
  /** Newer than the candidate, or the anchor where there is no candidate. */
  readonly refused: Refused | undefined;
}

/** How verification stands; what `/v1/state/repository` shows. */
export interface Verification {
  readonly mode: VerifyMode;
  /** The verified revision in force; '' as long as there is none. */
  readonly revision: string;
  readonly signer: string;
  readonly tag: string | undefined;
  /** Why something newer is not in force, or nothing is; '' when there is nothing to say. */
  readonly error: string;
}

export interface Admission {
  /** The commit that people mean to be in force, verified or not. */
  readonly wanted: string;
  /** The one that may be; undefined: none, and nothing is to be touched. */
  readonly approved: Approved | undefined;
  readonly verification: Verification;
}

/** What a signed message says to take the place of a revision that is none of its ancestors. */
export const REPLACES = 'Fairlead-Replaces';

/** Short enough to be read, long enough to be unique. */
const SHOWN = 12;

/** Decides which revision may be in force. The last verified one stays whatever happens. */
export function decide(findings: Findings): Admission {
  const { anchor, candidate, isAnchorHere, mayFollow } = findings;
  if (candidate !== undefined && (anchor === undefined || mayFollow)) {
    return admit(findings, candidate, refusal(findings, `revision ${short(candidate.revision)} is in force`));
  }
  if (anchor === undefined) return admit(findings, undefined, nothingFound(findings));
  if (!isAnchorHere) return admit(findings, undefined, lost(anchor));
  if (candidate !== undefined) return admit(findings, anchor, rewound(candidate, anchor));
  const stays = `revision ${short(anchor.revision)} stays in force`;
  return admit(findings, anchor, refusal(findings, stays) || left(findings, stays));
}

/** What is to be said of a commit that is not on the branch yet: sentences, none where a trusted key vouches for it. */
export function warningsOf(revision: string, mode: VerifyMode, verdict: Verdict): readonly string[] {
  if (verdict.verified) return [];
  return [`commit ${short(revision)} ${verdict.reason}, so it would not be applied as it is. ${mend(mode)}`];
}

function admit(findings: Findings, approved: Approved | undefined, error: string): Admission {
  const { mode, head, refused, candidate } = findings;
  const newest = refused?.revision ?? candidate?.revision ?? approved?.revision ?? head;
  const { revision = '', signer = '', tag } = approved ?? {};
  return { wanted: mode === 'commit' ? head : newest, approved, verification: { mode, revision, signer, tag, error } };
}

function refusal({ refused, mode }: Findings, instead: string): string {
  if (refused === undefined) return '';
  return `${nameRefused(refused)} is not applied, for it ${refused.reason}; ${instead}. ${mend(mode)}`;
}

function nothingFound({ mode, refused, limit }: Findings): string {
  const others = `neither is one of the commits before it verified (${limit} are looked at)`;
  if (refused === undefined) return `nothing is applied: ${noTags(limit)}. ${mend(mode)}`;
  const newest = `${nameRefused(refused)} ${refused.reason}`;
  return mode === 'commit'
    ? `nothing is applied: ${newest}, and ${others}. ${mend(mode)}`
    : `nothing is applied: ${newest}, and ${noTags(limit)}. ${mend(mode)}`;
}

function noTags(limit: number): string {
  return `no tag signed by a trusted key names the head of the branch or a commit before it (${limit} are looked at)`;
}

/** In the mode `tag` nothing is refused where there is no tag. */
function left({ isAnchorInBranch, mode }: Findings, stays: string): string {
  return isAnchorInBranch
    ? ''
    : `the branch has left the verified revision and has no signed tag; ${stays}. ${mend(mode)}`;
}

function rewound(candidate: Approved, anchor: Approved): string {
  const [newer, older] = [short(candidate.revision), short(anchor.revision)];
  const what = candidate.tag === undefined ? `commit ${newer}` : `tag ${candidate.tag} of commit ${newer}`;
  return (
    `${what} is signed by ${candidate.signer}, but does not descend from revision ${older}, which was verified before and stays in force. ` +
    `To go back, revert by a new commit; to replace what is in force, sign a message that ends with "${REPLACES}: ${anchor.revision}"`
  );
}

function lost({ revision }: Approved): string {
  return (
    `nothing is applied: revision ${revision}, which was verified before, is no longer in the repository, and nothing verified descends from it. ` +
    `Push it again, or sign a message that ends with "${REPLACES}: ${revision}"`
  );
}

function mend(mode: VerifyMode): string {
  return mode === 'commit'
    ? 'Sign a commit with a trusted key (git commit -S) and push it'
    : 'Sign a tag with a trusted key (git tag -s) and push it';
}

function nameRefused({ revision, tag }: Refused): string {
  return tag === undefined ? `commit ${short(revision)}` : `tag ${tag} of commit ${short(revision)}`;
}

function short(revision: string): string {
  return revision.slice(0, SHOWN);
}
