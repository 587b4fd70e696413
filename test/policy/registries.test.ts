import { expect, test } from 'vitest';
import { fullImageName, isFrom } from '../../src/policy/registries.ts';

test.each([
  ['busybox', 'docker.io/library/busybox'],
  ['busybox:1.36', 'docker.io/library/busybox'],
  [`busybox@sha256:${'0'.repeat(64)}`, 'docker.io/library/busybox'],
  ['acme/web:1', 'docker.io/acme/web'],
  ['docker.io/busybox', 'docker.io/library/busybox'],
  ['index.docker.io/acme/web', 'docker.io/acme/web'],
  ['registry-1.docker.io/library/busybox', 'docker.io/library/busybox'],
  ['Docker.IO/acme/web', 'docker.io/acme/web'],
  ['docker.io:443/acme/web', 'docker.io/acme/web'],
  ['ghcr.io/acme/web:1', 'ghcr.io/acme/web'],
  ['GHCR.io:443/acme/web', 'ghcr.io/acme/web'],
  ['ghcr.io:0443/acme/web', 'ghcr.io/acme/web'],
  ['registry.hub.docker.com/library/busybox', 'docker.io/library/busybox'],
  ['[0:0:0:0:0:0:0:1]:05000/web', '[::1]:5000/web'],
  ['[::1]/web', '[::1]/web'],
  ['127.1:5000/web', '127.0.0.1:5000/web'],
  ['xn--a.example/web', 'xn--a.example/web'],
  ['registry.example.com:5000/web', 'registry.example.com:5000/web'],
  ['localhost/web', 'localhost/web'],
])('%s is %s', (image, full) => expect(fullImageName(image)).toBe(full));

test.each([
  ['ghcr.io/acme/web', 'ghcr.io', true],
  ['ghcr.io/acme/web', 'ghcr.io/acme', true],
  ['ghcr.io/acme/web', 'ghcr.io/acme/web', true],
  ['ghcr.io/acmecorp/web', 'ghcr.io/acme', false],
  ['ghcr.io.evil.example/acme/web', 'ghcr.io', false],
  ['ghcr.io:5000/acme/web', 'ghcr.io', false],
  ['ghcr.io/acme/web', 'GHCR.io/acme', true],
  ['busybox', 'docker.io', true],
  ['busybox', 'index.docker.io', true],
  ['busybox', 'docker.io/library/busybox', true],
  ['busybox', 'docker.io/acme', false],
  ['ghcr.io/busybox', 'docker.io', false],
  ['evil.example/docker.io/library/busybox', 'docker.io', false],
  ['anything/at/all', '*', true],
])('whether %s is from %s: %s', (image, registry, expected) => expect(isFrom(image, registry)).toBe(expected));
