import type { Narrator } from '../events.ts';
import { GitError, type GitPort } from '../git/port.ts';
import type { ResolvedCatalog } from '../model/catalog.ts';
import type { Verification } from '../signatures/admission.ts';
import { resolveCatalog } from '../spec/resolve-catalog.ts';
import type { VerificationGate } from '../verification/gate.ts';
import { createBell, type Bell } from './bell.ts';
import { findEarlierVersions, loadJudged } from './earlier-versions.ts';
import { createLooks, type LookDesk, type LookOutcome } from './looks.ts';
import type { TreeLoader } from './tree-loader.ts';

/** What is known of the repository: what `/v1/state/repository` shows. */
export interface RepositoryView {
  /** Where the branch is. */
  readonly wantedRevision: string;
  /** The revision whose specifications are in force; '' before the first. */
  readonly fetchedRevision: string;
  /** When the repository was last reached, ms since the epoch; 0: never. */
  readonly fetchTime: number;
  /** Commit time of the fetched revision, ms since the epoch. */
  readonly revisionTime: number;
  /** Absent: nothing has to be signed. */
  readonly verification?: Verification | undefined;
  /** Why it cannot be read now; '' when it can. */
  readonly error: string;
  readonly catalog: ResolvedCatalog | undefined;
}

export interface RepositoryLoopOptions {
  readonly git: GitPort;
  readonly loader: TreeLoader;
  /** Says which revision may be in force; absent: the head. */
  readonly gate?: Pick<VerificationGate, 'admit'> | undefined;
  readonly pollMs: number;
  readonly historyLimit: number;
  /** Commits in the labels of what runs; undefined as long as no engine has told. */
  readonly runningRevisions: () => Promise<readonly string[] | undefined>;
  /** Resolves when they are known: a revision that was resolved without them is resolved again. */
  readonly runningKnown: Promise<void>;
  readonly now: () => number;
  readonly narrate: Narrator;
  readonly publish: (view: RepositoryView) => void;
  /** Looks that are asked for. */
  readonly looks?: LookDesk;
}

/** Before the first look. */
export const UNREAD: RepositoryView = {
  wantedRevision: '',
  fetchedRevision: '',
  revisionTime: 0,
  fetchTime: 0,
  error: '',
  catalog: undefined,
};

const LONGEST_RETRY_MS = 300_000;

/** Follows a branch until `signal` aborts. Whatever fails, the last good revision stays in force. */
export async function runRepositoryLoop(options: RepositoryLoopOptions, signal: AbortSignal): Promise<void> {
  const { git, pollMs, now, narrate, publish, looks = createLooks() } = options;
  const bell = createBell();
  const watcher = await git.watch(() => bell.ring());
  const tellRefused = createRefusalTeller(narrate);
  const lack = createLack(options.runningKnown, bell);
  let view = UNREAD;
  let failures = 0;
  let delay = 0;
  looks.attach(() => bell.ring());
  do {
    const tell = looks.begin();
    const former = view.wantedRevision;
    try {
      view = { ...(await look(view, { ...options, lack, tellRefused }, signal)), fetchTime: now() };
      failures = 0;
    } catch (error) {
      failures += 1;
      view = { ...view, error: describe(error) };
    }
    if (signal.aborted) break;
    delay = failures === 0 ? pollMs : retryMs(failures, pollMs);
    if (failures > 0) narrate({ kind: 'repository-failed', error: view.error, retryInMs: delay });
    publish(view);
    tell(toOutcome(view, former));
  } while (await bell.wait(delay, signal));
  looks.close();
  await watcher.close();
}

/** What was seen and may not be in force is no success. */
function toOutcome({ error, verification, wantedRevision: revision }: RepositoryView, former: string): LookOutcome {
  const why = error === '' ? (verification?.error ?? '') : error;
  if (why !== '') return { kind: 'failed', error: why };
  return { kind: 'seen', revision, isNew: former !== '' && revision !== former };
}

/** Whether the revision in force was resolved without the running revisions. */
interface Lack {
  note(lacking: boolean): void;
  /** True when they have become known since. */
  isOver(): boolean;
}

/** Rings when a lack is over. */
function createLack(runningKnown: Promise<void>, bell: Bell): Lack {
  let lacking = false;
  let known = false;
  const ring = () => {
    if (lacking && known) bell.ring();
  };
  void runningKnown.then(() => {
    known = true;
    ring();
  });
  return {
    note(now) {
      lacking = now;
      ring();
    },
    isOver: () => lacking && known,
  };
}

type LookOptions = RepositoryLoopOptions & { readonly lack: Lack; readonly tellRefused: RefusalTeller };

async function look(view: RepositoryView, options: LookOptions, signal: AbortSignal): Promise<RepositoryView> {
  const { git, narrate, publish, lack, tellRefused } = options;
  const { revision: head, forced } = await git.fetch(signal);
  const { wanted: wantedRevision, revision, verification } = await admit(head, options, signal);
  tellRefused(wantedRevision, verification);
  const seen: RepositoryView = { ...view, wantedRevision, verification };
  const same = revision === view.fetchedRevision;
  if (revision === '' || (same && !lack.isOver())) return { ...seen, error: '' };
  publish(seen);
  const catalog = await resolveRevision(revision, options, signal);
  const revisionTime = (await git.readCommit(revision, signal))?.time ?? 0;
  if (!same) narrate({ kind: 'revision-fetched', revision, forced, problems: catalog.problems.length });
  return { ...seen, fetchedRevision: revision, revisionTime, error: '', catalog };
}

interface Admitted {
  readonly wanted: string;
  /** '': nothing may be in force. */
  readonly revision: string;
  readonly verification: Verification | undefined;
}

async function admit(head: string, { gate }: LookOptions, signal: AbortSignal): Promise<Admitted> {
  if (gate === undefined) return { wanted: head, revision: head, verification: undefined };
  const { wanted, approved, verification } = await gate.admit(head, signal);
  return { wanted, revision: approved?.revision ?? '', verification };
}

type RefusalTeller = (revision: string, verification: Verification | undefined) => void;

/** Once for each thing that is wrong. */
function createRefusalTeller(narrate: Narrator): RefusalTeller {
  let told = '';
  return (revision, verification) => {
    const error = verification?.error ?? '';
    if (error !== '' && error !== told) narrate({ kind: 'revision-refused', revision, error });
    told = error;
  };
}

async function resolveRevision(
  revision: string,
  { git, loader, historyLimit: limit, lack, ...options }: LookOptions,
  signal: AbortSignal,
): Promise<ResolvedCatalog> {
  let lacking = false;
  const runningRevisions = async () => {
    const revisions = await options.runningRevisions();
    lacking = revisions === undefined;
    return revisions ?? [];
  };
  const search = { git, loader, limit, runningRevisions, signal };
  const found = await loadJudged(revision, search);
  const earlier = await findEarlierVersions(found, search);
  lack.note(lacking);
  return resolveCatalog(found, earlier);
}

/** 1, 2, 4 … s, up to five minutes or the poll interval where that is longer. */
function retryMs(failures: number, pollMs: number): number {
  return Math.min(1000 * 2 ** (failures - 1), Math.max(LONGEST_RETRY_MS, pollMs));
}

function describe(error: unknown): string {
  if (error instanceof GitError) return error.message;
  return `the revision could not be read: ${error instanceof Error ? error.message : String(error)}`;
}
