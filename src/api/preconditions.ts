/** What the conditions of a request say about a resource with a tag. */
export type Precondition = 'met' | 'not-modified' | 'failed';

export interface ConditionHeaders {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** If-Match compares strongly and comes first, If-None-Match weakly (RFC 9110, 13.1 and 13.2.2). */
export function checkPreconditions({ ifMatch, ifNoneMatch }: ConditionHeaders, tag: string): Precondition {
  if (ifMatch !== undefined && !names(ifMatch, tag, 'strong')) return 'failed';
  if (ifNoneMatch !== undefined && names(ifNoneMatch, tag, 'weak')) return 'not-modified';
  return 'met';
}

/**
 * Of a request that would change something: whatever is not met stands in its way (RFC 9110, 13.1). `tag` undefined:
 * there is nothing yet.
 */
export function isChangeAllowed({ ifMatch, ifNoneMatch }: ConditionHeaders, tag: string | undefined): boolean {
  if (tag === undefined) return ifMatch === undefined;
  return checkPreconditions({ ifMatch, ifNoneMatch }, tag) === 'met';
}

/** `abc` → `"abc"` */
export function entityTag(tag: string): string {
  return `"${tag}"`;
}

function names(header: string, tag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  const comparable = comparison === 'weak' ? tags.map((given) => given.replace(/^W\//, '')) : tags;
  return comparable.includes(entityTag(tag));
}
