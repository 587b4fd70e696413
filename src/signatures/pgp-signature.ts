import type * as openpgp from 'openpgp';
import { refuse, type Verdict } from './verdict.ts';

/** The library, which is large: nobody who uses no OpenPGP key pays for it. */
const load = (): Promise<typeof openpgp> => import('openpgp');

/** A public key of OpenPGP with its subkeys. */
export type PgpKey = openpgp.PublicKey;

/** A block that is no public key; the message is a sentence without the file. */
export class PgpKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PgpKeyError';
  }
}

/** Clocks differ: a signature may have been made that much after now. */
const CLOCK_SKEW_MS = 10 * 60 * 1000;

/** @param block armored, with the dashes @throws PgpKeyError */
export async function parsePgpKeys(block: string): Promise<readonly PgpKey[]> {
  const { readKeys } = await load();
  const keys = await readKeys({ armoredKeys: block }).catch((error: unknown) => {
    throw new PgpKeyError(`holds an OpenPGP key that cannot be read: ${wordsOf(error)}`);
  });
  if (keys.some((key) => key.isPrivate())) throw new PgpKeyError('holds a private key; only its public half is wanted');
  if (keys.length === 0) throw new PgpKeyError('holds an OpenPGP block without a key');
  return keys.map((key) => key.toPublic());
}

/**
 * Copies of a key made one, with all that any of them says, as gpg does on import: whoever adds the copy that is revoked
 * need not find the former one, and one that was prolonged counts beside it.
 */
export async function mergePgpKeys(keys: readonly PgpKey[]): Promise<readonly PgpKey[]> {
  const merged = new Map<string, PgpKey>();
  for (const key of keys) {
    const name = key.getFingerprint();
    const former = merged.get(name);
    merged.set(name, former === undefined ? key : await former.update(key));
  }
  return [...merged.values()];
}

/**
 * Judges a detached signature of OpenPGP (RFC 9580) over the payload. The key must be good now, whenever it signed: not
 * expired, not revoked, and one that may sign (a subkey that its primary key has taken for its own).
 * @param now ms since the epoch
 */
export async function judgePgpSignature(
  { signature: armored, payload }: { readonly signature: string; readonly payload: Buffer },
  keys: readonly PgpKey[],
  now: number,
): Promise<Verdict> {
  if (keys.length === 0) return refuse('is signed with OpenPGP, and no OpenPGP key is among the trusted keys');
  const { readSignature, enums } = await load();
  const signature = await readSignature({ armoredSignature: armored }).catch((error: unknown) => wordsOf(error));
  if (typeof signature === 'string') return refuse(`has a signature that cannot be read: ${signature}`);
  const [packet, ...others] = signature.packets;
  if (packet === undefined || others.length > 0) return refuse('does not have exactly one signature');
  if (packet.signatureType !== enums.signature.binary)
    return refuse('has a signature of a kind that git does not make');
  const id = packet.issuerKeyID;
  const [key] = keys.filter((one) => one.getKeys(id).length > 0);
  if (key === undefined)
    return refuse(`is signed with the OpenPGP key ${nameId(packet)}, which is not among the trusted keys`);
  const date = new Date(Math.max(now, Math.min(packet.created?.getTime() ?? now, now + CLOCK_SKEW_MS)));
  const problem = await findProblem({ signature, payload, key, date });
  if (problem !== undefined) return refuse(`has a signature with the OpenPGP key ${nameId(packet)} ${problem}`);
  return { verified: true, signer: nameSigner(key) };
}

type Signature = Awaited<ReturnType<typeof openpgp.readSignature>>;
type SignaturePacket = Signature['packets'][number];

interface Question {
  readonly signature: Signature;
  readonly payload: Buffer;
  readonly key: PgpKey;
  readonly date: Date;
}

/** What follows "a signature with the key X"; undefined: it is good. */
async function findProblem({ signature, payload, key, date }: Question): Promise<string | undefined> {
  const { createMessage, verify } = await load();
  const message = await createMessage({ binary: new Uint8Array(payload) });
  // A key whose life was prolonged after it signed has a newer signature of its own. It has to be good now, see below.
  const config = { allowInsecureVerificationWithReformattedKeys: true };
  try {
    const { signatures } = await verify({
      message,
      signature,
      verificationKeys: [key],
      date,
      format: 'binary',
      config,
    });
    await signatures[0]?.verified;
    if (signatures.length !== 1) return 'that is none over it';
  } catch (error) {
    const words = wordsOf(error);
    const isOther = /digest did not match|verification failed/i.test(words);
    return isOther ? 'that does not fit it: what was signed is something else' : `that does not count: ${words}`;
  }
  try {
    await key.getSigningKey(signature.packets[0]?.issuerKeyID, date);
    return undefined;
  } catch (error) {
    return `that does not count any more: ${wordsOf(error)}`;
  }
}

function nameId({ issuerFingerprint, issuerKeyID }: SignaturePacket): string {
  if (issuerFingerprint) return Buffer.from(issuerFingerprint).toString('hex').toUpperCase();
  return issuerKeyID.toHex().toUpperCase();
}

/** The first name the key has for its owner, and the fingerprint of the primary key. */
function nameSigner(key: PgpKey): string {
  const fingerprint = `OpenPGP ${key.getFingerprint().toUpperCase()}`;
  const [name] = key.getUserIDs();
  return name === undefined ? fingerprint : `${name} (${fingerprint})`;
}

/** What the library says, on one line. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/\s+/g, ' ').slice(0, 200);
}
