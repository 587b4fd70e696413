import { RE2JS, RE2JSException } from 're2js';

/** Searching with patterns of users: RE2 semantics, linear time whatever the pattern (contract 8.2). */

const MAX_LENGTH = 1024;

/** A pattern that cannot be used; the message is the end of a sentence. */
export class RegexpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RegexpError';
  }
}

/** A test whether the pattern is found anywhere in a text. @throws RegexpError */
export function parseRegexp(pattern: string): (text: string) => boolean {
  if (pattern.length > MAX_LENGTH) throw new RegexpError(`it is longer than ${MAX_LENGTH} characters`);
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new RegexpError(error.message.replace(/^error parsing regexp: /, ''));
  }
}
