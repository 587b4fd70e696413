import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** The scrypt hash of a password, as it stands in a tokens file: `$scrypt$ln=15,r=8,p=3$SALT$HASH`. */
export interface PasswordHash {
  /** Binary logarithm of the cost N. */
  readonly ln: number;
  /** Block size; a verification takes 128 · r · 2^ln bytes. */
  readonly r: number;
  /** Parallelization, one after another here: it costs time, not memory. */
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** 32 MiB and about a quarter of a second: what OWASP recommends for scrypt. */
const MADE = { ln: 15, r: 8, p: 3 };
const MADE_BYTES = 32;

/** A hostile file must not make a login take all memory, or for ever. */
const MOST = { bytes: 128 * 2 ** 20, work: 2 ** 22 };
const SHAPE =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,128}={0,2})\$([A-Za-z0-9+/]{21,128}={0,2})$/;

/** undefined: it is none, or asks for more than a login may cost. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, ln, r, p, salt, hash] = SHAPE.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const costs = { ln: Number(ln), r: Number(r), p: Number(p) };
  if (!isBearable(costs)) return undefined;
  return { ...costs, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

function isBearable({ ln, r, p }: Pick<PasswordHash, 'ln' | 'r' | 'p'>): boolean {
  if (ln < 10 || r < 1 || p < 1) return false;
  return 128 * r * 2 ** ln <= MOST.bytes && r * p * 2 ** ln <= MOST.work;
}

/** What goes into the tokens file for a password; another text each time. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, { ...MADE, salt, hash: Buffer.alloc(MADE_BYTES) });
  const { ln, r, p } = MADE;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${toBase64(salt)}$${toBase64(hash)}`;
}

export async function verifyPassword(password: string, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, expected), expected.hash);
}

/** Takes as long as the other, and no password fits: for users who are not there. */
export function decoyOf({ ln, r, p, salt, hash }: PasswordHash): PasswordHash {
  return { ln, r, p, salt: randomBytes(salt.length), hash: randomBytes(hash.length) };
}

/** Off the event loop. The same password may be typed as different code points, so they are put into one form. */
function derive(password: string, { ln, r, p, salt, hash }: PasswordHash): Promise<Buffer> {
  const cost = 2 ** ln;
  const options = { cost, blockSize: r, parallelization: p, maxmem: 128 * r * (cost + p + 2) };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, hash.length, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** Without padding, as the PHC string format has it. */
function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
