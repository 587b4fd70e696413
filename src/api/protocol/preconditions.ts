import type { Format } from './negotiate.ts';

/** What the conditions of a request say about a resource with a tag. */
export type Precondition = 'met' | 'not-modified' | 'failed';

export interface ConditionHeaders {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** A resource of one version has a tag for each format it is served in: the bytes are others. */
export interface ResourceTag {
  /** Of the version, whatever the format. */
  readonly tag: string;
  readonly format: Format;
}

/**
 * If-Match compares strongly and comes first, If-None-Match weakly (RFC 9110, 13.1 and 13.2.2). If-Match is about the
 * version: the tag of either format names it.
 */
export function checkPreconditions({ ifMatch, ifNoneMatch }: ConditionHeaders, resource: ResourceTag): Precondition {
  if (ifMatch !== undefined && !namesVersion(ifMatch, resource.tag, 'strong')) return 'failed';
  if (ifNoneMatch !== undefined && names(ifNoneMatch, [entityTag(resource)], 'weak')) return 'not-modified';
  return 'met';
}

/**
 * Of a request that would change something: whatever is not met stands in its way (RFC 9110, 13.1). `tag` undefined:
 * there is nothing yet.
 */
export function isChangeAllowed({ ifMatch, ifNoneMatch }: ConditionHeaders, tag: string | undefined): boolean {
  if (tag === undefined) return ifMatch === undefined;
  if (ifMatch !== undefined && !namesVersion(ifMatch, tag, 'strong')) return false;
  return ifNoneMatch === undefined || !namesVersion(ifNoneMatch, tag, 'weak');
}

/** `"abc"`, of YAML `"abc.yaml"` */
export function entityTag({ tag, format }: ResourceTag): string {
  return format === 'json' ? `"${tag}"` : `"${tag}.${format}"`;
}

type Comparison = 'strong' | 'weak';

function namesVersion(header: string, tag: string, comparison: Comparison): boolean {
  return names(header, [entityTag({ tag, format: 'json' }), entityTag({ tag, format: 'yaml' })], comparison);
}

function names(header: string, tags: readonly string[], comparison: Comparison): boolean {
  if (header.trim() === '*') return true;
  const given = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  const comparable = comparison === 'weak' ? given.map((one) => one.replace(/^W\//, '')) : given;
  return tags.some((tag) => comparable.includes(tag));
}
