import { describe, expect, it } from 'vitest';
import { familiarName, indexImages } from '../../src/plan/image-presence.ts';

describe('an image reference', () => {
  it.each([
    ['busybox', 'busybox:latest'],
    ['docker.io/library/busybox:1.36', 'busybox:1.36'],
    ['docker.io/acme/shop', 'acme/shop:latest'],
    ['localhost:5000/shop', 'localhost:5000/shop:latest'],
    ['localhost:5000/shop:2', 'localhost:5000/shop:2'],
    ['docker.io/ghcr.io/shop', 'docker.io/ghcr.io/shop:latest'],
    ['docker.io/Registry/shop', 'docker.io/Registry/shop:latest'],
    ['Registry/shop', 'Registry/shop:latest'],
    ['shop:2@sha256:abc', 'shop@sha256:abc'],
    ['sha256:abc', 'sha256:abc'],
  ])('%s is the same as %s', (written, familiar) => {
    expect(familiarName(written)).toBe(familiar);
  });

  it('is found by tag, by digest and by id', () => {
    const image = { id: 'sha256:1', tags: ['busybox:latest'], digests: ['busybox@sha256:d'] };
    const index = indexImages([image]);
    for (const name of ['busybox', 'docker.io/library/busybox', 'busybox@sha256:d', 'busybox:9@sha256:d', 'sha256:1']) {
      expect(index.find(name)).toBe(image);
    }
    expect(index.find('busybox:2')).toBeUndefined();
  });
});
