import { createHash } from 'node:crypto';

/** Whoever may push decides how long objects are: beyond this nothing is looked at. */
const MAX_OBJECT_BYTES = 1024 * 1024;
/** The largest that gpg and ssh-keygen make have some kilobytes. */
const MAX_SIGNATURE_BYTES = 64 * 1024;
const ARMOR = /^-----BEGIN (PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----/;
const LONGEST_ARMOR = 64;

/** A commit or an annotated tag, taken apart: the bytes that were signed, and the signature over them. */
export interface SignedObject {
  readonly payload: Buffer;
  /** In its armor, with the dashes. */
  readonly signature: string;
  /** Of the author, without the signature. */
  readonly message: string;
}

/** An annotated tag says itself what it names: whoever moves the ref cannot change that. */
export interface TagObject extends SignedObject {
  /** The object it names, and what that is. */
  readonly target: string;
  readonly targetType: string;
  readonly name: string;
}

/** `reason` follows "the commit" or "the tag". */
export type Unsigned = { readonly reason: string };

/** Whether the bytes are those of the object of that name. @param oid SHA-1, in hex */
export function isObject(oid: string, type: 'commit' | 'tag', bytes: Uint8Array): boolean {
  return createHash('sha1').update(`${type} ${bytes.byteLength}\0`).update(bytes).digest('hex') === oid;
}

/**
 * A commit has its signature among its headers (`gpgsig`, of SSH and X.509 too). What was signed is everything else,
 * byte by byte; `gpgsig-sha256` is a signature too, over the same commit in another repository format.
 * @param bytes the raw object, without git's own header
 */
export function parseSignedCommit(bytes: Uint8Array): SignedObject | Unsigned {
  if (bytes.byteLength > MAX_OBJECT_BYTES) return tooLarge();
  // One character for each byte: nothing is lost on the way back.
  const text = Buffer.from(bytes).toString('latin1');
  const { head, body } = splitHead(text);
  // The same key signs tags and pushes: what was signed as one of these must never be taken for a commit.
  if (!/^tree [0-9a-f]{40}\n/.test(head)) return { reason: 'is no commit that git makes' };
  const kept: string[] = [];
  const signatures: string[] = [];
  let into = kept;
  for (const line of head.match(/[^\n]*\n/g) ?? []) {
    if (line.startsWith(' ')) {
      if (into === signatures) signatures.push(`${signatures.pop() ?? ''}${line.slice(1)}`);
      else into.push(line);
      continue;
    }
    if (line.startsWith('gpgsig ')) into = signatures;
    else into = line.startsWith('gpgsig-sha256 ') ? [] : kept;
    into.push(into === signatures ? line.slice('gpgsig '.length) : line);
  }
  const [signature] = signatures;
  if (signature === undefined) return { reason: 'carries no signature' };
  if (signatures.length > 1) return { reason: 'carries several signatures, and only one is read' };
  if (signature.length > MAX_SIGNATURE_BYTES) return tooLarge();
  return { payload: Buffer.from(kept.join('') + body, 'latin1'), signature, message: toMessage(body) };
}

/** A tag has its signature at its end; what was signed is everything before it. */
export function parseSignedTag(bytes: Uint8Array): TagObject | Unsigned {
  if (bytes.byteLength > MAX_OBJECT_BYTES) return tooLarge();
  const text = Buffer.from(bytes).toString('latin1');
  const { head, body } = splitHead(text);
  const [, target, targetType, name] = /^object ([0-9a-f]{40})\ntype ([a-z]+)\ntag ([^\n]+)\n/.exec(head) ?? [];
  if (target === undefined || targetType === undefined || name === undefined)
    return { reason: 'is no tag that git makes' };
  // The last armor counts, as with git. The body begins with a line feed, so none is missed.
  const begin = body.lastIndexOf('\n-----BEGIN ') + 1;
  if (!ARMOR.test(body.slice(begin, begin + LONGEST_ARMOR))) return { reason: 'carries no signature' };
  const signature = body.slice(begin);
  if (signature.length > MAX_SIGNATURE_BYTES) return tooLarge();
  const payload = Buffer.from(head + body.slice(0, begin), 'latin1');
  const names = { target, targetType, name: Buffer.from(name, 'latin1').toString('utf8') };
  return { ...names, payload, signature, message: toMessage(body.slice(0, begin)) };
}

/** The headers with their last line feed; the body with the empty line before it. */
function splitHead(text: string): { readonly head: string; readonly body: string } {
  const end = text.indexOf('\n\n');
  return end < 0 ? { head: text, body: '' } : { head: text.slice(0, end + 1), body: text.slice(end + 1) };
}

function toMessage(body: string): string {
  return Buffer.from(body.replace(/^\n/, ''), 'latin1').toString('utf8');
}

function tooLarge(): Unsigned {
  return { reason: 'or its signature is too large to be looked at' };
}
