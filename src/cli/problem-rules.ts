import { createHash } from 'node:crypto';
import type { Problem, ProblemRule } from '../model/problem.ts';
import { RULES as POLICY_RULES } from '../policy/rules.ts';
import { classifyPath, type Place } from '../spec/layout.ts';

/** What a problem breaks, in words for reports. */
export interface Rule {
  readonly id: string;
  /** A sentence. */
  readonly description: string;
  /** What to do. */
  readonly help: string;
}

type Words = Pick<Rule, 'description' | 'help'>;

const SPECIFICATION = 'The message says what is wrong at this place and how to mend it. docs/spec.md has all fields.';
const ONE_OF_THEM = 'Rename or remove one of them; the message says where the other stands.';
const NOT_YET = 'It is passed over until a version of Fairlead supports it.';

const WORDS: Readonly<Record<Exclude<ProblemRule, `policy/${string}`>, Words>> = {
  'file/misplaced': {
    description: 'A file is where no such file belongs.',
    help: 'Below sites/ and tenants/ only what README.md lists may stand: a mistyped folder must not look like a removal.',
  },
  'file/not-supported-yet': { description: 'A file is of a kind that is not supported yet.', help: NOT_YET },
  'file/unreadable': {
    description: 'A file cannot be looked into.',
    help: 'The message says why: its size, its encoding or a limit (docs/operations.md).',
  },
  'file/too-many-problems': {
    description: 'A file has more problems than are listed.',
    help: 'Mend those that are listed first.',
  },
  'yaml/syntax': { description: 'A text is not valid YAML.', help: 'The message says what the parser met here.' },
  'yaml/meaning': {
    description: 'A text is YAML that means nothing here: a key twice, a tag, an alias without its anchor.',
    help: 'Write out what is meant.',
  },
  'schema/unknown-key': { description: 'A key is unknown at its place.', help: SPECIFICATION },
  'schema/required': { description: 'A key that has to be there is missing.', help: SPECIFICATION },
  'schema/choice': { description: 'Of keys that exclude each other not one is given.', help: SPECIFICATION },
  'schema/type': { description: 'A value is of another type than it has to be.', help: SPECIFICATION },
  'schema/length': { description: 'A list is shorter or longer than it may be.', help: SPECIFICATION },
  'schema/value': { description: 'A value is not one that can stand at its place.', help: SPECIFICATION },
  'schema/not-supported-yet': { description: 'A field is not carried out yet.', help: NOT_YET },
  'application/names': { description: 'Two things have one name, or a name cannot be used.', help: ONE_OF_THEM },
  'application/instances': {
    description: 'An application has more instances than its network has addresses.',
    help: 'Ask for fewer replicas.',
  },
  'application/references': {
    description: 'An application names something of its own that is not there.',
    help: SPECIFICATION,
  },
  'application/variables': { description: 'A variable is not defined, or its name is reserved.', help: SPECIFICATION },
  'application/capabilities': { description: 'A capability is not known.', help: SPECIFICATION },
  'application/ports': { description: 'A port cannot be opened.', help: SPECIFICATION },
  'site/names': { description: 'Two things of a site have one name.', help: ONE_OF_THEM },
  'tenant/name': {
    description: 'The settings of a tenant stand in the folder of another.',
    help: 'Leave the name out, or name it as the folder.',
  },
  'revision/same-name': { description: 'Two documents have one name.', help: ONE_OF_THEM },
  'revision/same-application': { description: 'One application is deployed twice.', help: 'Keep one deployment.' },
  'revision/dependencies': {
    description: 'An application depends on one that cannot be there before it.',
    help: SPECIFICATION,
  },
  'revision/references': { description: 'A document names something that is not there.', help: SPECIFICATION },
};

/** What is wrong with a file of which nothing but its place is known. */
const OF_PLACES: Readonly<Record<Place['kind'], keyof typeof WORDS>> = {
  application: 'schema/value',
  'application-deployment': 'schema/value',
  site: 'schema/value',
  tenant: 'schema/value',
  policy: 'schema/value',
  problem: 'file/misplaced',
  ignored: 'file/misplaced',
  unsupported: 'file/not-supported-yet',
};

/** The rule that a problem breaks. Its `file` is relative to the tree. */
export function ruleOf({ file, rule }: Pick<Problem, 'file' | 'rule'>): Rule {
  const id = rule ?? OF_PLACES[classifyPath(file).kind];
  return { id, ...(isOwn(id) ? WORDS[id] : wordsOfPolicy(id)) };
}

function isOwn(id: ProblemRule): id is keyof typeof WORDS {
  return Object.hasOwn(WORDS, id);
}

function wordsOfPolicy(id: ProblemRule): Words {
  const name = id.replace('policy/', '');
  const why = POLICY_RULES.find(({ section, key }) => `${section}.${key}` === name)?.why;
  return {
    description: `The rule ${name} of a policy is not kept.`,
    help: `${why === undefined ? '' : `${why} `}The message says which policy it is and how to mend it (docs/reviewing.md).`,
  };
}

/**
 * One for each problem, in their order, none twice: the same as long as file and message are, wherever in the file it
 * stands, and though a later version finds a better rule for it.
 */
export function fingerprints(problems: readonly Problem[]): readonly string[] {
  const seen = new Map<string, number>();
  return problems.map((problem) => {
    const text = JSON.stringify([problem.file, problem.message]);
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return createHash('sha256').update(`${text} ${count}`).digest('hex').slice(0, 32);
  });
}
