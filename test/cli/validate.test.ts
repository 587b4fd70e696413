import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatProblems } from '../../src/cli/format-problems.ts';
import { NoTreeError } from '../../src/cli/read-working-tree.ts';
import { validateTree } from '../../src/cli/validate.ts';
import { application, deployment } from '../spec/documents.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fairlead-validate-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

async function validated(): Promise<string> {
  return formatProblems((await validateTree(root)).problems, 'text');
}

test('a tree without fault has no problems', async () => {
  await write('tenants/acme/applications/shop.yaml', application('shop'));
  await write('tenants/acme/application-deployments/shop.yaml', deployment('shop', 'shop'));
  await write('README.md', '# Fleet');
  expect(await validated()).toBe('');
});

test('every problem is a line of path, line, column and message', async () => {
  await write('tenants/acme/applications/shop.yaml', application('shop', 'memory: x', 'approle: till'));
  await write('tenants/acme/applications/blog.yaml', application('blog', 'approle: till'));
  await write('tenants/acme/application-deployments/d.yaml', deployment('d', 'shpo'));
  await write('tenants/acme/aplications/x.yaml', '');
  expect((await validated()).split('\n')).toEqual([
    'tenants/acme/aplications/x.yaml:1:1: a tenant has no folder "aplications" (did you mean `applications`?)',
    'tenants/acme/application-deployments/d.yaml:1:7: application: there is no application "shpo"',
    'tenants/acme/applications/blog.yaml:7:9: warning: not supported yet: services[0].containers[0].approle',
    'tenants/acme/applications/shop.yaml:7:17: services[0].containers[0].memory: "x" is not a size (examples: 64MiB, 1.5 GB)',
    '',
  ]);
});

test('symbolic links are problems and are not followed', async () => {
  await write('elsewhere/shop.yaml', application('shop'));
  await mkdir(join(root, 'tenants/acme/applications'), { recursive: true });
  await symlink(join(root, 'elsewhere/shop.yaml'), join(root, 'tenants/acme/applications/shop.yaml'));
  await symlink(join(root, 'tenants'), join(root, 'tenants/acme/application-deployments'));
  await symlink('/nowhere', join(root, 'tenants/acme/applications/_ignored.yaml'));
  const lines = (await validated()).trim().split('\n');
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toContain('this is a symbolic link, which is not followed');
});

test('a file that is too large is a problem and is not read', async () => {
  await write('tenants/acme/applications/shop.yaml', new Uint8Array(50 * 1024 * 1024));
  expect(await validated()).toBe(
    'tenants/acme/applications/shop.yaml:1:1: the file is larger than 1 MiB and is not read\n',
  );
});

test('a folder that is not there is an error of its own', async () => {
  await expect(validateTree(join(root, 'nowhere'))).rejects.toThrow(NoTreeError);
});
