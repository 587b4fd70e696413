import type { SignatureDemand } from '../model/signature-demand.ts';

export interface Unsigned {
  /** As the specification has it. */
  readonly image: string;
  readonly digest: string;
  /** The one that is not met. */
  readonly demand: SignatureDemand;
  /** Why the signatures that there are do not count; [] where there are none. */
  readonly reasons: readonly string[];
}

const MOST_SHOWN = 3;

/** A sentence: which image, which digest, what is wrong, and which rule wants it otherwise. */
export function describeUnsigned({ image, digest, demand: { rule, keys }, reasons }: Unsigned): string {
  const subject = image.includes(digest) ? `image ${image}` : `image ${image} (${digest})`;
  const names = keys.map(({ name }) => name);
  const wanted = `${rule} wants one by ${names.slice(0, MOST_SHOWN).join(' or ')}${names.length > MOST_SHOWN ? ' or others' : ''}`;
  if (reasons.length === 0) return `${subject} has no signature; ${wanted}`;
  const more = reasons.length > MOST_SHOWN ? `, and ${reasons.length - MOST_SHOWN} more` : '';
  return `${subject} has no signature that counts: ${reasons.slice(0, MOST_SHOWN).join(', ')}${more}; ${wanted}`;
}
