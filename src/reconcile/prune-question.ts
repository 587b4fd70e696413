import type { Narrator } from '../events.ts';
import type { HeldRemoval, Plan } from '../model/plan.ts';
import { PRUNE_CHECK_REASON, type PruneVerdict, type Pruning } from '../plan/prune-guard.ts';

export interface PruneQuestionOptions {
  readonly host: string;
  readonly narrate: Narrator;
  /** Whether the history of a revision allows these removals; rejects when git cannot be read. */
  readonly allowsPrune: (revision: string, pruning: Pruning) => Promise<boolean>;
  readonly onAnswer: () => void;
  readonly now: () => number;
}

/** Asks git once a revision and set of applications whether removals are meant; until it answers they stay held. */
export interface PruneQuestion {
  verdict(revision: string): PruneVerdict | undefined;
  /** Tells of what is held, and asks about `pruning` where that is due. Returns at once. */
  consider(plan: Plan, pruning: Pruning | undefined): void;
  /** When to consider again although nothing happened; ms since the epoch. */
  wakeAt(): number | undefined;
}

interface Question {
  readonly revision: string;
  readonly pruning: Pruning;
  verdict: PruneVerdict | undefined;
  failures: number;
  /** undefined while git is at work and once it has answered. */
  retryAt: number | undefined;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 300_000;

export function createPruneQuestion(options: PruneQuestionOptions): PruneQuestion {
  const { allowsPrune, onAnswer, now } = options;
  const tell = createTeller(options);
  let question: Question | undefined;

  async function ask(asked: Question): Promise<void> {
    const { revision, pruning } = asked;
    asked.retryAt = undefined;
    try {
      asked.verdict = { applications: pruning.applications, allowed: await allowsPrune(revision, pruning) };
    } catch (error) {
      asked.retryAt = now() + Math.min(FIRST_RETRY_MS * 2 ** asked.failures, LONGEST_RETRY_MS);
      asked.failures += 1;
      if (asked === question && asked.failures === 1) tell(revision, unreadable(pruning, error));
    }
    onAnswer();
  }

  return {
    verdict: (revision) => (question?.revision === revision ? question.verdict : undefined),
    consider({ revision, held }, pruning) {
      const decided = held.filter(({ reason }) => reason !== PRUNE_CHECK_REASON);
      tell(revision, decided);
      if (pruning === undefined) {
        if (question?.verdict === undefined) question = undefined;
        return;
      }
      if (question === undefined || !isAbout(question, revision, pruning)) {
        question = { revision, pruning, verdict: undefined, failures: 0, retryAt: now() };
      }
      if (question.retryAt !== undefined && question.retryAt <= now()) void ask(question);
    },
    wakeAt: () => question?.retryAt,
  };
}

/** Tells of each removal once a revision and reason. */
function createTeller({ host, narrate }: PruneQuestionOptions) {
  let told = { revision: '', held: new Set<string>() };
  return (revision: string, held: readonly HeldRemoval[]): void => {
    if (told.revision !== revision) told = { revision, held: new Set() };
    for (const removal of held) {
      const key = `${removal.application} ${removal.reason}`;
      if (!told.held.has(key)) narrate({ kind: 'removal-held', host, ...removal });
      told.held.add(key);
    }
  };
}

function unreadable({ applications }: Pruning, error: unknown): readonly HeldRemoval[] {
  const reason = `${PRUNE_CHECK_REASON}, which cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return applications.map((application) => ({ application, reason }));
}

function isAbout(question: Question, revision: string, { applications }: Pruning): boolean {
  const asked = question.pruning.applications;
  return (
    question.revision === revision &&
    asked.length === applications.length &&
    asked.every((key, index) => key === applications[index])
  );
}
