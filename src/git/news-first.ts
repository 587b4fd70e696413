import { GitError } from './port.ts';

/** Why a conversation beside the branch was cut off. */
export class NewsFirst extends GitError {
  constructor() {
    super('unreachable', 'a newer commit came first');
  }
}

const MAX_TRIES = 3;

/** Begins again where news came first. @throws what the work throws, NewsFirst after three tries */
export async function insistent<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NewsFirst) || tries === MAX_TRIES) throw error;
    }
  }
}
