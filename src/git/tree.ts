import { isUtf8 } from 'node:buffer';
import { GitError, type TreeEntry } from './port.ts';

/** One entry of a git tree object. */
export interface TreeItem {
  readonly name: string;
  readonly oid: string;
  readonly type: TreeEntry['type'] | 'folder';
}

const OID_BYTES = 20;
/** No file system that git is checked out to holds longer ones. */
const MAX_NAME_BYTES = 255;

/**
 * Parses a tree object: `<octal mode> <name>\0<20 bytes>`, repeated. Names are kept as they are in git, whatever a
 * checkout would think of them; bytes that are no UTF-8 are written `\xNN`.
 * @throws GitError 'corrupt' where it is malformed, a name could pass for a path or is there twice: which of the two git
 * shows depends on the command
 */
export function parseTree(bytes: Uint8Array): readonly TreeItem[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: TreeItem[] = [];
  const names = new Set<string>();
  let position = 0;
  while (position < buffer.length) {
    const space = buffer.indexOf(0x20, position);
    const nul = buffer.indexOf(0, space);
    const end = nul + 1 + OID_BYTES;
    if (space < 0 || nul < 0 || end > buffer.length) throw new GitError('corrupt', 'a tree object ends too early');
    const name = toName(buffer.subarray(space + 1, nul));
    if (names.has(name)) throw new GitError('corrupt', `a tree holds two entries of the name ${JSON.stringify(name)}`);
    names.add(name);
    items.push({
      name,
      oid: buffer.toString('hex', nul + 1, end),
      type: toType(buffer.toString('latin1', position, space)),
    });
    position = end;
  }
  return items;
}

function toName(bytes: Buffer): string {
  if (bytes.length > MAX_NAME_BYTES)
    throw new GitError('corrupt', `a tree holds a name that is longer than ${MAX_NAME_BYTES} bytes`);
  const name = isUtf8(bytes) ? bytes.toString('utf8') : escapeBytes(bytes);
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw new GitError('corrupt', `a tree holds an entry that is no name: ${JSON.stringify(name)}`);
  }
  return name;
}

function escapeBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}

/** By the file type bits alone, as git does: old repositories hold 100664. */
function toType(mode: string): TreeItem['type'] {
  switch (parseInt(mode, 8) & 0o170000) {
    case 0o040000:
      return 'folder';
    case 0o100000:
      return 'file';
    case 0o120000:
      return 'symlink';
    case 0o160000:
      return 'submodule';
    default:
      throw new GitError('corrupt', `a tree holds an entry of unknown mode ${JSON.stringify(mode)}`);
  }
}
