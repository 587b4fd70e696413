import type { DesiredContainer } from '../model/desired.ts';
import { canonical, digest, type Hashable } from './hash.ts';
import { hashedFields, type ContainerWish, type UnhashedContainer } from './hashed-fields.ts';

/** A way to hash a container: what of it counts, and how that is written. */
export interface HashFormat {
  /** Stands before the colon of its hashes. */
  readonly version: number;
  readonly fields: (wish: ContainerWish) => Hashable;
  readonly canonical: (value: Hashable) => string;
}

/** Newest first. The newest is stamped; the others only tell what earlier releases have stamped. */
export type HashFormats = readonly [HashFormat, ...HashFormat[]];

/** WHAT IS IN HERE STAYS AS IT IS, or every container in the field is made anew. A new way to hash goes to the front. */
export const HASH_FORMATS: HashFormats = [{ version: 1, fields: hashedFields, canonical }];

export type ContainerHashes = Pick<DesiredContainer, 'configHash' | 'formerHashes'>;

export interface HashOptions {
  readonly version: string | undefined;
  readonly formats: HashFormats;
  /** Of a sandbox. A format nests hashes of its own alone: what an earlier release stamped holds no later one. */
  readonly initContainers?: readonly ContainerHashes[];
}

/** The hash of a container in the newest format, and in each earlier one. */
export function hashContainer(container: UnhashedContainer, options: HashOptions): ContainerHashes {
  const { version, formats, initContainers = [] } = options;
  const [newest, ...former] = formats;
  const nested = (index: number) =>
    initContainers.flatMap(({ configHash, formerHashes }) => [configHash, ...formerHashes][index] ?? []);
  const hashIn = (format: HashFormat, index: number) =>
    `${format.version}:${digest(format.canonical(format.fields({ container, version, initHashes: nested(index) })))}`;
  return {
    configHash: hashIn(newest, 0),
    formerHashes: former.map((format, index) => hashIn(format, index + 1)),
  };
}
