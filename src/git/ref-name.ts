import { GitError } from './port.ts';

/** A ref as it stands in a repository. */
export interface FoundRef {
  /** `refs/heads/main` */
  readonly ref: string;
  /** Of the commit, also where the ref is an annotated tag, as far as that is known. */
  readonly oid: string;
}

/** The rules of git-check-ref-format(1) that keep a name from being a path elsewhere. */
export function isRefName(name: string): boolean {
  return name !== '' && !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|(^|\/)\.|^[-/]|(\/|\.|\.lock)$/.test(name);
}

/** The full name of an object; no branch or tag is looked for under such a name. */
export function isOid(name: string): boolean {
  return /^[0-9a-f]{40}$/.test(name);
}

/**
 * What a name may stand for, gitrevisions(7): itself when it is full, else a branch, a tag, or what stands below refs/.
 * @throws GitError 'ref-missing' for a name no ref can have
 */
export function candidateRefs(name: string): readonly string[] {
  if (!isRefName(name)) throw new GitError('ref-missing', `${JSON.stringify(name)} is no name of a branch or tag`);
  if (name === 'HEAD' || name.startsWith('refs/')) return [name];
  return [`refs/heads/${name}`, `refs/tags/${name}`, ...(name.includes('/') ? [`refs/${name}`] : [])];
}

/**
 * The one ref of that name; several are as good as one where they are at the same commit.
 * @param place what is said to be searched
 * @throws GitError 'ref-missing' | 'ref-ambiguous'
 */
export function chooseRef(name: string, found: readonly FoundRef[], place: string): FoundRef {
  const [first, ...others] = found;
  if (first === undefined) throw new GitError('ref-missing', `there is no branch, tag or ref ${name} at ${place}`);
  if (others.every(({ oid }) => oid === first.oid)) return first;
  const names = found.map(({ ref }) => ref).join(' and ');
  throw new GitError('ref-ambiguous', `${name} may be ${names} at ${place}: write the full name`);
}
