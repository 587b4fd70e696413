import { parseImageReference } from '../model/image-reference.ts';

// Names of images and of places in registries, brought to one form, so that the same place is never two.

/** Further names of Docker Hub. */
const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** `busybox:1.36` → `docker.io/library/busybox`; with the registry, without tag and digest. */
export function fullImageName(image: string): string {
  const { registry, name } = parseImageReference(image);
  const host = hostName(registry);
  const path = name.startsWith(`${registry}/`) || isDockerHub(name) ? name.slice(name.indexOf('/') + 1) : name;
  return `${host}/${host === 'docker.io' && !path.includes('/') ? `library/${path}` : path}`;
}

function isDockerHub(name: string): boolean {
  return name.includes('/') && DOCKER_HUB.has(name.slice(0, name.indexOf('/')).toLowerCase());
}

/** Whether an image lies in a registry, or at a path in one; parts count as a whole. */
export function isFrom(image: string, registry: string): boolean {
  return isWithin(fullImageName(image), registry);
}

/** The same of a place, be it an image or a path: `ghcr.io/acme/web` is within `ghcr.io/acme`. */
export function isWithin(place: string, registry: string): boolean {
  if (registry === '*') return true;
  const [wider, narrower] = [fullPlace(registry), fullPlace(place)];
  return narrower === wider || narrower.startsWith(`${wider}/`);
}

function fullPlace(registry: string): string {
  const [host = '', ...path] = registry.split('/');
  return [hostName(host), ...path].join('/');
}

/** Hosts are alike in capitals and not, however an address or a port is written, and by the port that is meant where none is named. */
function hostName(host: string): string {
  const plain = URL.canParse(`https://${host}`) ? new URL(`https://${host}`).host : host.toLowerCase();
  return DOCKER_HUB.has(plain) ? 'docker.io' : plain;
}
