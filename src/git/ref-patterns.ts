// Which names of a repository may be asked for, by whoever may ask.

/** More is no name anybody gives. */
const LONGEST = 250;
const OID = /^[0-9a-f]{40}$/;

/** A ref as it is asked of a git port: one without `refs/` is a branch. Full ids of commits and HEAD stay. */
export function toFullRef(name: string): string {
  return OID.test(name) || name === 'HEAD' || name.startsWith('refs/') ? name : `refs/heads/${name}`;
}

/**
 * @param ref a full name, see `toFullRef`
 * @param patterns full names in which `*` stands for any characters: `refs/heads/release-*`
 */
export function matchesRef(ref: string, patterns: readonly string[]): boolean {
  return ref.length <= LONGEST && patterns.some((pattern) => toExpression(pattern).test(ref));
}

function toExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
