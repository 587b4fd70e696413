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
}
