/** A login that is still good. Times in ms since 1970. */
export interface Session {
  /** sha256 of the token, in hexadecimal digits. */
  readonly tokenHash: string;
  readonly kind: 'user' | 'approle';
  /** Of the entry it comes from. */
  readonly name: string;
  /** Of the entry as it was then. */
  readonly stamp: string;
  readonly created: number;
  readonly expires: number;
}

const FORMAT = 1;

/** The content of `sessions.json`: no token can be found from it. */
export function formatSessions(sessions: readonly Session[]): string {
  return `${JSON.stringify({ format: FORMAT, sessions })}\n`;
}

/** undefined: the text is not of this format; a session that is none is left out. */
export function parseSessions(text: string): readonly Session[] | undefined {
  const content = parseJson(text);
  if (!isRecord(content) || content['format'] !== FORMAT || !Array.isArray(content['sessions'])) return undefined;
  return content['sessions'].flatMap((value: unknown) => toSession(value) ?? []);
}

function toSession(value: unknown): Session | undefined {
  if (!isRecord(value)) return undefined;
  const { tokenHash, kind, name, stamp, created, expires } = value;
  if (typeof tokenHash !== 'string' || typeof name !== 'string' || typeof stamp !== 'string') return undefined;
  if (kind !== 'user' && kind !== 'approle') return undefined;
  if (typeof created !== 'number' || typeof expires !== 'number') return undefined;
  return { tokenHash, kind, name, stamp, created, expires };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
