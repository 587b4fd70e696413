import type { Narrator } from '../events.ts';
import type { Plan } from '../model/plan.ts';

export interface PruneQuestionOptions {
  readonly host: string;
  readonly narrate: Narrator;
  /** Whether commits of a revision allow the removal of these applications; rejects when git cannot be read. */
  readonly allowsPrune: (revision: string, applications: readonly string[]) => Promise<boolean>;
  readonly onAnswer: () => void;
}

/** Asks git once a revision whether held removals are meant; until the answer comes they stay held. */
export interface PruneQuestion {
  isAllowed(revision: string): boolean;
  /** Asks when the plan holds removals and its revision was not asked for yet. Returns at once. */
  consider(plan: Plan): void;
}

export function createPruneQuestion({ host, narrate, allowsPrune, onAnswer }: PruneQuestionOptions): PruneQuestion {
  let asked = '';
  let allowed = '';

  async function ask(revision: string, applications: readonly string[]): Promise<void> {
    try {
      if (await allowsPrune(revision, applications)) allowed = revision;
    } catch {
      asked = ''; // git could not be read: asked again at the next look
    }
    onAnswer();
  }

  return {
    isAllowed: (revision) => allowed === revision,
    consider({ held, revision }) {
      if (held.length === 0 || asked === revision) return;
      asked = revision;
      for (const removal of held) narrate({ kind: 'removal-held', host, ...removal });
      void ask(
        revision,
        held.map(({ application }) => application),
      );
    },
  };
}
