import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../durable-file.ts';
import { NOTHING_TOLD, type Told } from './changes.ts';
import type { Letter } from './letter.ts';

/** What was told, and what is on its way, by target. */
export interface Notified {
  readonly told: Told;
  readonly waiting: Readonly<Record<string, readonly Letter[]>>;
}

const VERSION = 1;

/** What was told of the revisions of a repository, kept over restarts in the state folder. */
export interface NotifiedFile {
  /** Nothing where there is no such file, or none that was written here. */
  recall(): Promise<Notified>;
  /** Written soon, the newest only. Never fails: what cannot be kept is known until the daemon ends. */
  keep(current: () => Notified): void;
  /** Resolves when everything is written. */
  written(): Promise<void>;
}

export interface NotifiedFileOptions {
  readonly stateDir: string;
  /** Told once that it cannot be kept, and '' when it can again. */
  readonly onProblem: (problem: string) => void;
}

export function openNotifiedFile({ stateDir, onProblem }: NotifiedFileOptions): NotifiedFile {
  const file = path.join(stateDir, 'notified.json');
  let problem = '';
  let next: (() => Notified) | undefined;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const former = problem;
    const current = next;
    if (current === undefined) return;
    next = undefined;
    try {
      await writeDurably(file, `${JSON.stringify({ version: VERSION, ...current() })}\n`);
      problem = '';
    } catch (error) {
      problem = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    }
    if (problem !== former) onProblem(problem);
  }

  return {
    async recall() {
      return parseNotified(await readFile(file, 'utf8').catch(() => ''));
    },
    keep(current) {
      if (next === undefined) writing = writing.then(write);
      next = current;
    },
    written: () => writing,
  };
}

function parseNotified(text: string): Notified {
  const nothing: Notified = { told: NOTHING_TOLD, waiting: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isNotified(value) ? { told: value.told, waiting: value.waiting } : nothing;
  } catch {
    return nothing;
  }
}

function isNotified(value: unknown): value is Notified {
  if (!isRecord(value) || value['version'] !== VERSION) return false;
  const { told, waiting } = value;
  if (!isRecord(told) || !isRecord(waiting)) return false;
  const { statuses, standing, notices } = told;
  return (
    every(statuses, (status) => isRecord(status) && typeof status['at'] === 'number') &&
    every(standing, isRecord) &&
    every(notices, (at) => typeof at === 'number') &&
    every(waiting, (letters) => Array.isArray(letters) && letters.every(isLetter))
  );
}

function isLetter(value: unknown): boolean {
  if (!isRecord(value) || typeof value['key'] !== 'string' || typeof value['at'] !== 'number') return false;
  const { report } = value;
  return isRecord(report) && typeof report['revision'] === 'string' && Array.isArray(report['reasons']);
}

function every(value: unknown, is: (entry: unknown) => boolean): boolean {
  return isRecord(value) && Object.values(value).every(is);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
