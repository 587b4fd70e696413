import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SANDBOX_BINARIES, SANDBOX_SOURCE_SHA256 } from '../../src/docker/sandbox-binaries.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';

describe('the sandbox image', () => {
  it('holds binaries made from tools/sandbox/*.[ch] as they are: else run tools/sandbox/build.sh', async () => {
    const folder = new URL('../../tools/sandbox/', import.meta.url);
    const names = (await readdir(folder)).filter((name) => /\.[ch]$/.test(name)).sort();
    const hash = createHash('sha256');
    for (const name of names) hash.update(await readFile(new URL(name, folder)));
    expect(hash.digest('hex')).toBe(SANDBOX_SOURCE_SHA256);
  });

  it.each([
    ['amd64', 0x3e],
    ['arm64', 0xb7],
  ] as const)('has a small static ELF executable for %s', (architecture, machine) => {
    const binary = Buffer.from(SANDBOX_BINARIES[architecture], 'base64');
    expect(binary.subarray(0, 4).toString('latin1')).toBe('\u007fELF');
    expect(binary.readUInt16LE(18)).toBe(machine);
    expect(binary.length).toBeLessThan(16_384);
  });

  it('is named after the binaries', () => {
    expect(SANDBOX_IMAGE).toMatch(/^fairlead\/sandbox:[0-9a-f]{12}$/);
  });
});
