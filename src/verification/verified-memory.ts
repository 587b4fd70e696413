import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../durable-file.ts';
import { GitError } from '../git/port.ts';
import type { Approved, VerifyMode } from '../signatures/admission.ts';

export interface VerifiedMemoryOptions {
  readonly stateDir: string;
  /** Whose revisions these are: those of another repository, branch or mode are forgotten. */
  readonly repository: string;
  readonly branch: string;
  readonly mode: VerifyMode;
  /** Told once that it cannot be kept, and '' when it can again. */
  readonly onProblem: (problem: string) => void;
}

/**
 * The verified revision in force, kept over restarts, so that a branch that is moved back to an older one is not
 * followed. Where the state folder is lost, the newest verified revision counts: as with the hosts that SSH knows.
 */
export interface VerifiedMemory {
  /** @throws GitError where it is there and cannot be read: what it forbids must not happen meanwhile */
  recall(): Promise<Approved | undefined>;
  /** Never throws: what cannot be kept is remembered until the daemon ends. */
  keep(approved: Approved): Promise<void>;
}

export function createVerifiedMemory(options: VerifiedMemoryOptions): VerifiedMemory {
  const { stateDir, repository, branch, mode, onProblem } = options;
  const file = path.join(stateDir, 'verified.json');
  const place = { repository, branch, mode };
  let problem = '';
  return {
    async recall() {
      const text = await readFile(file, 'utf8').catch((error: unknown) => whereThereIsNone(error, file));
      const kept = parseKept(text);
      if (kept === undefined || !isOf(kept, place)) return undefined;
      const { revision, time, signer, tag } = kept;
      return { revision, time, signer, ...(tag === undefined ? {} : { tag }) };
    },
    async keep(approved) {
      const former = problem;
      try {
        await writeDurably(file, `${JSON.stringify({ ...place, ...approved })}\n`);
        problem = '';
      } catch (error) {
        problem = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      }
      if (problem !== former) onProblem(problem);
    },
  };
}

function whereThereIsNone(error: unknown, file: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'ENOENT') return '';
  throw new GitError(
    'unreachable',
    `the verified revision cannot be read from ${file} (${code}); nothing new is applied`,
  );
}

interface Place {
  readonly repository: string;
  readonly branch: string;
  readonly mode: string;
}

function isOf(kept: Place, place: Place): boolean {
  return kept.repository === place.repository && kept.branch === place.branch && kept.mode === place.mode;
}

/** undefined for anything that was not written here. */
function parseKept(text: string): (Approved & Place) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isKept(value) && /^[0-9a-f]{40}$/.test(value.revision) ? value : undefined;
}

function isKept(value: unknown): value is Approved & Place {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  const texts = ['repository', 'branch', 'mode', 'revision', 'signer'];
  const tag: unknown = fields.get('tag');
  return (
    texts.every((name) => typeof fields.get(name) === 'string') &&
    Number.isFinite(fields.get('time')) &&
    (tag === undefined || typeof tag === 'string')
  );
}
