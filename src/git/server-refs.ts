import git from 'isomorphic-git';
import { GitError, type Tag } from './port.ts';
import { isOid, type FoundRef } from './ref-name.ts';
import type { Line } from './transport.ts';

/**
 * The refs of exactly these names that a server has, each at the commit it stands for. One listing a name; the server
 * filters by prefix, so `main2` may be in the answer to `main`.
 * @throws GitError 'corrupt' for an answer that names no SHA-1
 */
export async function listRefs(url: string, names: readonly string[], line: Line): Promise<FoundRef[]> {
  const found: FoundRef[] = [];
  for (const name of names) {
    const { http, headers } = line;
    const options = { http, headers: { ...headers }, url, prefix: name, protocolVersion: 2 as const };
    const refs = await git.listServerRefs({ ...options, peelTags: name.startsWith('refs/tags/') });
    const ref = refs.find((each) => each.ref === name);
    const oid = ref?.peeled ?? ref?.oid;
    if (oid === undefined) continue;
    if (!isOid(oid)) throw new GitError('corrupt', `the server names no SHA-1 commit for ${name}`);
    found.push({ ref: name, oid });
  }
  return found;
}

const TAGS = 'refs/tags/';

/** The annotated tags a server has. One listing. */
export async function listServerTags(url: string, { http, headers }: Line): Promise<readonly Tag[]> {
  const options = { http, headers: { ...headers }, url, prefix: TAGS, protocolVersion: 2 as const, peelTags: true };
  const refs = await git.listServerRefs(options);
  return refs.flatMap(({ ref, oid, peeled }) => {
    const isTag = ref.startsWith(TAGS) && isOid(oid) && peeled !== undefined && isOid(peeled);
    return isTag ? [{ name: ref.slice(TAGS.length), oid, commit: peeled }] : [];
  });
}
