// Modes and owners as the schema lets people write them.

interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** `0440` → permission bits. */
export function parseFileMode(text: string): number {
  return Number.parseInt(text, 8);
}

/** `1000:100` → uid and gid; root's where nothing is said. */
export function parseFileOwnership(text = '0:0'): FileOwner {
  const [uid = 0, gid = 0] = text.split(':').map(Number);
  return { uid, gid };
}
