import type { DesiredContainer } from './desired.ts';

/**
 * Whether what carries this config-hash was made from this wish, by this release or an earlier one. undefined: it
 * carries none. A hash in a format that is not known here, a later release's, is that of another wish.
 */
export function isMadeFrom(
  { configHash, formerHashes }: Pick<DesiredContainer, 'configHash' | 'formerHashes'>,
  hash: string | undefined,
): boolean {
  return hash === configHash || (hash !== undefined && formerHashes.includes(hash));
}
