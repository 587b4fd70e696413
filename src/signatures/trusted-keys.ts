import { parseSignerLine, SignerError, type SshSigner } from './allowed-signers.ts';
import { mergePgpKeys, parsePgpKeys, PgpKeyError, type PgpKey } from './pgp-signature.ts';

/** Whose signatures count. */
export interface TrustedKeys {
  readonly ssh: readonly SshSigner[];
  readonly pgp: readonly PgpKey[];
}

/** A file that cannot be used. The message is a sentence for the operator and holds nothing of a key. */
export class KeyFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyFileError';
  }
}

export interface KeyFile {
  /** As it is called in messages. */
  readonly file: string;
  readonly text: string;
}

const PGP_BLOCK = /^-----BEGIN PGP PUBLIC KEY BLOCK-----$[\s\S]*?^-----END PGP PUBLIC KEY BLOCK-----$/gm;

/**
 * The keys of files that hold armored OpenPGP public keys, lines of `allowed_signers`, OpenSSH public keys, or all of
 * these.
 * @throws KeyFileError naming the file, and the line where there is one
 */
export async function parseTrustedKeys(files: readonly KeyFile[]): Promise<TrustedKeys> {
  const parsed: TrustedKeys[] = [];
  for (const file of files) parsed.push(await parseFile(file));
  return { ssh: parsed.flatMap(({ ssh }) => ssh), pgp: await mergePgpKeys(parsed.flatMap(({ pgp }) => pgp)) };
}

async function parseFile({ file, text }: KeyFile): Promise<TrustedKeys> {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY/m.test(text))
    throw new KeyFileError(`${file} holds a private key; only public keys belong there`);
  // A binary export begins with a byte that no text has.
  if (/^[\x80-\xff\ufffd]/.test(text))
    throw new KeyFileError(`${file} is no text; export OpenPGP keys with gpg --armor --export`);
  const lines = text.replaceAll('\r\n', '\n');
  const pgp: PgpKey[] = [];
  for (const [block] of lines.matchAll(PGP_BLOCK)) pgp.push(...(await readBlock(file, block)));
  // Line feeds stay, so that the numbers of lines are right.
  const rest = lines.replace(PGP_BLOCK, (block) => block.replace(/[^\n]/g, ''));
  const ssh = rest.split('\n').flatMap((line, i) => readLine(`${file}:${i + 1}`, line) ?? []);
  if (ssh.length + pgp.length === 0)
    throw new KeyFileError(`${file} holds no key that may sign commits; put public keys into it, or leave it out`);
  return { ssh, pgp };
}

async function readBlock(file: string, block: string): Promise<readonly PgpKey[]> {
  try {
    return await parsePgpKeys(block);
  } catch (error) {
    if (!(error instanceof PgpKeyError)) throw error;
    throw new KeyFileError(`${file} ${error.message}`);
  }
}

function readLine(place: string, line: string): SshSigner | undefined {
  try {
    return parseSignerLine(line);
  } catch (error) {
    if (!(error instanceof SignerError)) throw error;
    throw new KeyFileError(`${place}: this line ${error.message}`);
  }
}
