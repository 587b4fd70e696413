import type { ObservedImage } from '../model/observed.ts';

/** Which images a host has, by every name a specification may use for them. */
export interface ImageIndex {
  /** What it was made from: the same list, the same index. */
  readonly images: readonly ObservedImage[];
  /** The image a reference stands for on this host. */
  find(reference: string): ObservedImage | undefined;
}

export function indexImages(images: readonly ObservedImage[]): ImageIndex {
  const byName = new Map<string, ObservedImage>();
  for (const image of images) {
    for (const name of [image.id, ...image.tags, ...image.digests]) byName.set(familiarName(name), image);
  }
  return { images, find: (reference) => byName.get(familiarName(reference)) };
}

/**
 * The one spelling for the names an engine treats alike: `docker.io/library/busybox` is `busybox:latest`. A reference
 * with both tag and digest is known by its digest.
 */
export function familiarName(reference: string): string {
  if (reference.startsWith('sha256:')) return reference;
  const short = shortName(reference);
  const [name = '', digest] = short.split('@', 2);
  const tagged = /:[^/]*$/.test(name);
  if (digest !== undefined) return `${tagged ? name.replace(/:[^/:]*$/, '') : name}@${digest}`;
  return tagged ? name : `${name}:latest`;
}

/** Without Docker Hub's own name, unless what is left would name another registry. */
function shortName(reference: string): string {
  const path = reference.replace(/^(?:index\.)?docker\.io\//, '');
  return namesRegistry(path) ? reference : path.replace(/^library\//, '');
}

/** As engines tell: the first part looks like a host, or has capitals, which no repository has. */
function namesRegistry(path: string): boolean {
  const first = path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
  return /[.:A-Z]/.test(first) || first === 'localhost';
}
