import type { DesiredContainer, DesiredVariables } from './desired.ts';
import type { Identity } from './observed.ts';

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

/**
 * Whether an instance was made with other values of its mutable variables than they have now, by the labels of its
 * sandbox. One that refers to none any more has none that could be wrong.
 */
export function hasOtherValues({ hash }: DesiredVariables, sandbox: Identity | undefined): boolean {
  return hash !== '' && hash !== sandbox?.variables;
}
