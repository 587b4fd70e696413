import { judgePgpSignature } from './pgp-signature.ts';
import { isObject, parseSignedCommit, parseSignedTag, type SignedObject, type Unsigned } from './signed-object.ts';
import { judgeSshSignature } from './ssh-signature.ts';
import type { TrustedKeys } from './trusted-keys.ts';
import { refuse, type Verdict } from './verdict.ts';

/** An object of git, and the time and keys it is judged by. */
export interface Exhibit {
  /** SHA-1, in hex: what the bytes must come to. */
  readonly oid: string;
  /** The raw object, without git's own header. */
  readonly bytes: Uint8Array;
  readonly keys: TrustedKeys;
  /** ms since the epoch */
  readonly now: number;
}

/** A verdict, with what the signer wrote: '' where it is not verified. */
export type Judgement = Verdict & { readonly message: string };

/** Whether a trusted key signed the commit. */
export async function judgeCommit({ oid, bytes, ...rest }: Exhibit): Promise<Judgement> {
  if (!isObject(oid, 'commit', bytes))
    return unread('is not the one of that name: the copy of the repository is broken');
  return await judge(parseSignedCommit(bytes), rest);
}

/**
 * Whether a trusted key signed the tag, and for this name and commit: a ref can be moved to another tag by whoever may
 * push, and what the tag says itself cannot be changed.
 */
export async function judgeTag(
  { oid, bytes, ...rest }: Exhibit,
  { name, commit }: { readonly name: string; readonly commit: string },
): Promise<Judgement> {
  if (!isObject(oid, 'tag', bytes)) return unread('is not the one of that name: the copy of the repository is broken');
  const tag = parseSignedTag(bytes);
  if ('reason' in tag) return unread(tag.reason);
  if (tag.name !== name) return unread(`says itself that it is the tag ${JSON.stringify(tag.name.slice(0, 100))}`);
  if (tag.targetType !== 'commit' || tag.target !== commit)
    return unread(`names the ${tag.targetType} ${tag.target}, not the commit ${commit}`);
  return await judge(tag, rest);
}

async function judge(
  object: SignedObject | Unsigned,
  { keys, now }: Pick<Exhibit, 'keys' | 'now'>,
): Promise<Judgement> {
  if ('reason' in object) return unread(object.reason);
  const verdict = await judgeSignature(object, keys, now);
  return { ...verdict, message: verdict.verified ? object.message : '' };
}

async function judgeSignature(object: SignedObject, { ssh, pgp }: TrustedKeys, now: number): Promise<Verdict> {
  if (object.signature.startsWith('-----BEGIN SSH SIGNATURE-----')) return judgeSshSignature(object, ssh, now);
  if (object.signature.startsWith('-----BEGIN PGP SIGNATURE-----')) return await judgePgpSignature(object, pgp, now);
  return refuse('is signed with neither OpenPGP nor SSH, and other kinds (X.509, gitsign) are not supported');
}

function unread(reason: string): Judgement {
  return { verified: false, reason, message: '' };
}
