import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileReason } from '../../file-reason.ts';
import type { TokenEntry } from '../protocol/principal.ts';

/** Without a tokens file this is the one token there is; the command line reads it here (contract 5.2). */
export function adminTokenFile(stateDir: string): string {
  return path.join(stateDir, 'admin.token');
}

/** Long enough not to be guessed, and fit for a header. */
const SANE = /^[\x21-\x7e]{32,512}$/;

/** The admin token of a state-dir, made when there is none that can be used; nobody but its owner may read it. */
export async function ensureAdminToken(stateDir: string): Promise<TokenEntry> {
  const file = adminTokenFile(stateDir);
  const present = (await readFile(file, 'utf8').catch(() => '')).trim();
  const token = SANE.test(present) ? present : await writeToken(stateDir, file);
  await chmod(file, 0o600);
  const hash = createHash('sha256').update(token).digest();
  return { name: 'admin', hash, tenant: undefined, roles: new Set(['admin']) };
}

/** Written beside and moved into place, so that no reader finds half a token, and never through a link. */
async function writeToken(stateDir: string, file: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  try {
    await writeFile(draft, `${token}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    throw new Error(`cannot write the admin token ${file}: ${fileReason(error)}`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
  return token;
}
