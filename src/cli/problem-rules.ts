import { createHash } from 'node:crypto';
import type { Problem } from '../model/problem.ts';
import { classifyPath, type Place } from '../spec/layout.ts';

/** What a problem is about: the kind of file it stands in. Ids never change their meaning: forges remember them. */
export interface Rule {
  readonly id: string;
  /** A sentence. */
  readonly description: string;
  /** What to do. */
  readonly help: string;
}

const SPECIFICATION = 'The message says what is wrong at this place and how to mend it. docs/spec.md has all fields.';
const LAYOUT =
  'Below sites/ and tenants/ only what README.md lists may stand: a mistyped folder must not look like a removal.';

const RULES: Readonly<Record<Place['kind'], Rule>> = {
  application: { id: 'application', description: 'An application is not what it should be.', help: SPECIFICATION },
  'application-deployment': {
    id: 'application-deployment',
    description: 'An application deployment is not what it should be.',
    help: SPECIFICATION,
  },
  site: { id: 'site', description: 'A site is not what it should be.', help: SPECIFICATION },
  tenant: {
    id: 'tenant',
    description: 'The settings of a tenant are not what they should be.',
    help: SPECIFICATION,
  },
  policy: { id: 'policy', description: 'A policy is not what it should be.', help: SPECIFICATION },
  problem: { id: 'misplaced-file', description: 'A file is where no such file belongs.', help: LAYOUT },
  ignored: { id: 'misplaced-file', description: 'A file is where no such file belongs.', help: LAYOUT },
  unsupported: {
    id: 'not-supported-yet',
    description: 'A file is of a kind that is not supported yet.',
    help: 'The file is passed over until a version of Fairlead supports it.',
  },
};

/** @param file as `Problem` has it, relative to the tree */
export function ruleOf({ file }: Pick<Problem, 'file'>): Rule {
  return RULES[classifyPath(file).kind];
}

/**
 * One for each problem, in their order, none twice: the same as long as rule, file and message are, wherever in the
 * file it stands.
 */
export function fingerprints(problems: readonly Problem[]): readonly string[] {
  const seen = new Map<string, number>();
  return problems.map((problem) => {
    const text = JSON.stringify([ruleOf(problem).id, problem.file, problem.message]);
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return createHash('sha256').update(`${text} ${count}`).digest('hex').slice(0, 32);
  });
}
