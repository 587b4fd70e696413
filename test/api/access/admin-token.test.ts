import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adminTokenFile, ensureAdminToken } from '../../../src/api/access/admin-token.ts';
import { createTokenDirectory } from '../../../src/api/access/token-directory.ts';

async function stateDir(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-admin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('the admin token', () => {
  it('is made, readable by its owner alone, and opens everything', async () => {
    const folder = path.join(await stateDir(), 'new');
    const directory = createTokenDirectory([await ensureAdminToken(folder)]);
    const token = await readFile(adminTokenFile(folder), 'utf8');
    expect(token).toMatch(/^[\w-]{43}\n$/);
    expect(await modeOf(adminTokenFile(folder))).toBe(0o600);
    expect(await readdir(folder)).toEqual(['admin.token']);
    expect(await directory.find(token.trim())).toMatchObject({ tenant: undefined, roles: new Set(['admin']) });
    expect(await directory.find('other')).toBeUndefined();
  });

  it('is kept, and closed again when somebody opened it', async () => {
    const folder = await stateDir();
    await ensureAdminToken(folder);
    const before = await readFile(adminTokenFile(folder), 'utf8');
    await chmod(adminTokenFile(folder), 0o644);
    await ensureAdminToken(folder);
    expect(await readFile(adminTokenFile(folder), 'utf8')).toBe(before);
    expect(await modeOf(adminTokenFile(folder))).toBe(0o600);
  });

  it.each(['', 'short', `two ${'words'.repeat(9)}`])('is made anew when it is none: %j', async (text) => {
    const folder = await stateDir();
    await writeFile(adminTokenFile(folder), text);
    await ensureAdminToken(folder);
    expect(await readFile(adminTokenFile(folder), 'utf8')).toMatch(/^[\w-]{43}\n$/);
  });
});
