import type { ObjectStore } from './object-store.ts';

/** A tag of a tag of a tag: nobody means that. */
const MAX_TAGS = 5;

/**
 * The commit an object stands for: itself, or what an annotated tag points at. undefined when it is not here, or is no
 * commit.
 * @throws GitError 'corrupt'
 */
export async function peelToCommit(store: ObjectStore, oid: string): Promise<string | undefined> {
  let next: string | undefined = oid;
  for (let step = 0; next !== undefined && step <= MAX_TAGS; step += 1) {
    const object = await store.readObject(next);
    if (object?.type === 'commit') return next;
    next = object?.type === 'tag' ? targetOf(object.bytes) : undefined;
  }
  return undefined;
}

/** The first line of a tag object says what it points at. */
function targetOf(bytes: Uint8Array): string | undefined {
  return /^object ([0-9a-f]{40})\n/.exec(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))?.[1];
}
