/** What a problem breaks. Ids never change their meaning: forges remember them. What each means: `cli/problem-rules.ts`. */
export type ProblemRule =
  | 'file/misplaced'
  | 'file/not-supported-yet'
  | 'file/unreadable'
  | 'file/too-many-problems'
  | 'yaml/syntax'
  | 'yaml/meaning'
  | 'schema/unknown-key'
  | 'schema/required'
  | 'schema/choice'
  | 'schema/type'
  | 'schema/length'
  | 'schema/value'
  | 'schema/not-supported-yet'
  | 'application/names'
  | 'application/instances'
  | 'application/references'
  | 'application/variables'
  | 'application/capabilities'
  | 'application/ports'
  | 'site/names'
  | 'tenant/name'
  | 'revision/same-name'
  | 'revision/same-application'
  | 'revision/dependencies'
  | 'revision/references'
  /** Of a policy: `policy/images.registries`. */
  | `policy/${string}`;

/** One thing wrong with what a user wrote. `line` and `column` count from 1; 1:1 where the whole file is meant. */
export interface Problem {
  /** Path inside the repository, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** A sentence: what is wrong and how to mend it. */
  readonly message: string;
  /** An error rejects its document; a warning is only shown. */
  readonly severity: 'error' | 'warning';
  /** Absent where nobody but the place of the file says what is wrong. */
  readonly rule?: ProblemRule;
}
