import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLocalRepository } from '../../src/git/local.ts';
import { readReview } from '../../src/reconcile/review-revisions.ts';
import type { ReviewInput } from '../../src/review/review.ts';
import { SANDBOX_IMAGE } from '../builders.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';

/** Documents by their paths; a text stands as it is, an object as JSON; null: the file goes. */
export type Documents = Readonly<Record<string, object | string | null>>;

export interface Commits {
  /** One after another, the last is the base. */
  readonly before: readonly Documents[];
  readonly change: Documents;
  readonly message?: string;
}

/** A real repository in which the change is a commit on a branch, read as `fairlead plan` reads it. */
export async function readChange({ before, change, message = 'change' }: Commits): Promise<ReviewInput> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-review-'));
  try {
    const repository = await createRepository(folder);
    for (const documents of before) await repository.commit(toFiles(documents));
    const base = repository.head();
    await repository.commit(toFiles(change), message, { branch: 'next', parent: base });
    return await readBetween(repository, base, repository.head('next'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function readBetween(repository: TestRepository, base: string, head: string): Promise<ReviewInput> {
  return await readReview({
    git: openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' }),
    base: { ref: 'main', revision: base },
    head: { ref: 'next', revision: head },
    site: { owner: 'test', sandboxImage: SANDBOX_IMAGE },
    networkPool: '10.201.0.0/16',
    limit: 1000,
    now: 1_800_000_000_000,
    notes: [],
    signal: new AbortController().signal,
  });
}

export function toFiles(documents: Documents): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(documents).map(([file, document]) => [
      file,
      typeof document === 'object' && document !== null ? JSON.stringify(document, undefined, 2) : document,
    ]),
  );
}
