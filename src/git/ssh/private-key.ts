import { open } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { nameOf } from '../git-error.ts';
import { GitError } from '../port.ts';

export interface KeyFiles {
  readonly keyFile: string;
  /** Its first line opens an encrypted key. */
  readonly passphraseFile: string | undefined;
}

/** A deploy key that can be shown to a server. */
export interface PrivateKey {
  readonly key: ParsedKey;
  /** Changes when the key does. */
  readonly stamp: string;
}

const MAX_BYTES = 64 * 1024;

/** Reads the key at each call, and opens it once: that may take a second of work where it is encrypted. */
export function createKeySource(files: KeyFiles): () => Promise<PrivateKey> {
  let former: PrivateKey | undefined;
  return async () => {
    const text = await readSecret(files.keyFile, 'SSH key');
    const passphrase = files.passphraseFile && (await readSecret(files.passphraseFile, 'passphrase of the SSH key'));
    const stamp = `${text}\0${passphrase ?? ''}`;
    if (former?.stamp !== stamp) former = { key: parseKey(text, passphrase, files.keyFile), stamp };
    return former;
  };
}

/** @throws GitError 'unauthorized', without anything of the content */
async function readSecret(file: string, what: string): Promise<string> {
  const handle = await open(file).catch((error: unknown) => {
    throw refused(`the ${what} cannot be read: ${file} (${nameOf(error)})`);
  });
  try {
    const { mode, uid, size } = await handle.stat();
    // The rule of ssh: what belongs to somebody else, such as root, is not ours to complain about.
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw refused(`the ${what} may be read by others (mode ${shown}): chmod 600 ${file}`);
    }
    if (size > MAX_BYTES) throw refused(`the ${what} is none: ${file} is larger than ${MAX_BYTES} bytes`);
    return await handle.readFile('utf8').catch((error: unknown) => {
      throw refused(`the ${what} cannot be read: ${file} (${nameOf(error)})`);
    });
  } finally {
    await handle.close();
  }
}

/** @throws GitError 'unauthorized' saying what is wrong with the file */
function parseKey(text: string, passphrase: string | undefined, file: string): ParsedKey {
  const opening = passphrase?.split(/\r?\n/)[0];
  const parsed = tryParse(text.replaceAll('\r\n', '\n'), opening);
  if (parsed instanceof Error) throw refused(whyNot(parsed.message, file, opening !== undefined));
  if (!parsed.isPrivateKey())
    throw refused(`${file} holds a public key: name the file of the private one, without .pub`);
  if (parsed.type === 'ssh-dss') throw refused(`${file} holds a DSA key, which servers no longer take: ${MAKE_ONE}`);
  return parsed;
}

function tryParse(text: string, passphrase: string | undefined): ParsedKey | Error {
  try {
    // Its types do not say that a file in the format of OpenSSH gives a list of one.
    const parsed: ParsedKey | Error | readonly ParsedKey[] = ssh2.utils.parseKey(text, passphrase);
    const [key = new Error('no key')] = [parsed].flat() as readonly (ParsedKey | Error)[];
    return key;
  } catch {
    return new Error('not to be decrypted');
  }
}

const MAKE_ONE = "make one with ssh-keygen -t ed25519 -N '' -f FILE";

/** By what ssh2 says, none of which is shown: it is no sentence for people. */
function whyNot(message: string, file: string, hasPassphrase: boolean): string {
  if (/no passphrase given/i.test(message)) {
    return `the SSH key ${file} is encrypted: name a file with its passphrase (repository-ssh-passphrase)`;
  }
  if (hasPassphrase) return `the passphrase does not open ${file}, or that is no private SSH key`;
  return `${file} is no private SSH key in the format of OpenSSH: ${MAKE_ONE}`;
}

function refused(sentence: string): GitError {
  return new GitError('unauthorized', sentence);
}
