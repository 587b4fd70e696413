import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../durable-file.ts';
import type { KnownSigners } from '../model/signature-demand.ts';

export interface SignerMemoryOptions {
  readonly stateDir: string;
  /** Told once that it cannot be kept, and '' when it can again. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Who has signed what, as far as it was found, kept over restarts: what was verified once can be made anew while its
 * registry is away. It says which keys have signed, and not that they are trusted, so it holds whatever policies say. Where
 * the state folder is lost it is found again in the registry.
 */
export interface SignerMemory {
  /** The same object as long as nothing was found. */
  known(): KnownSigners;
  /** `image`: `ghcr.io/acme/web@sha256:…`. Never throws: what cannot be kept is remembered until the daemon ends. */
  note(image: string, signers: readonly string[]): Promise<void>;
}

/** Those that were noted longest ago go first. */
const MOST_IMAGES = 2_000;

export async function openSignerMemory({ stateDir, onProblem }: SignerMemoryOptions): Promise<SignerMemory> {
  const file = path.join(stateDir, 'signed-images.json');
  let known: KnownSigners = parseKept(await readFile(file, 'utf8').catch(() => ''));
  let problem = '';
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const former = problem;
    try {
      await writeDurably(file, `${JSON.stringify(Object.fromEntries(known))}\n`);
      problem = '';
    } catch (error) {
      problem = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
    if (problem !== former) onProblem(problem);
  }

  return {
    known: () => known,
    async note(image, signers) {
      const others = [...known].filter(([name]) => name !== image);
      known = new Map([...others, [image, signers] as const].slice(-MOST_IMAGES));
      writing = writing.then(write);
      await writing;
    },
  };
}

/** Nothing of a file that was not written here. */
function parseKept(text: string): KnownSigners {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return new Map();
    const entries = Object.entries(value).filter((entry): entry is [string, string[]] => isSigners(entry[1]));
    return new Map(entries.slice(-MOST_IMAGES));
  } catch {
    return new Map();
  }
}

function isSigners(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[0-9a-f]{64}$/.test(one));
}
