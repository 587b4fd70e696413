/** The parts of an image reference as the engine's pull takes them. */
export interface ImageReference {
  /** Where credentials for it are kept: `docker.io`, `ghcr.io`, `registry.local:5000`. */
  readonly registry: string;
  /** With the registry, as written: `ghcr.io/acme/web`. */
  readonly name: string;
  /** A tag or a digest `sha256:…`; `latest` when none is written, as pulling without one pulls every tag. */
  readonly tag: string;
}

/** `[registry/]name[:tag][@digest]`; a digest beats a tag. */
export function parseImageReference(reference: string): ImageReference {
  const [tagged = '', digest] = reference.split('@', 2);
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const name = hasTag ? tagged.slice(0, colon) : tagged;
  const tag = digest ?? (hasTag ? tagged.slice(colon + 1) : 'latest');
  return { registry: registryOf(name), name, tag };
}

/** The first part is a registry when it looks like a host, else the image is Docker Hub's: no repository has capitals. */
function registryOf(name: string): string {
  const first = name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost' || /[A-Z]/.test(first);
  return isHost && first !== 'index.docker.io' ? first : 'docker.io';
}
