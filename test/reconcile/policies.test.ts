import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desiredSite } from '../../src/desired/site.ts';
import { openLocalRepository } from '../../src/git/local.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { findEarlierVersions, loadJudged, type EarlierVersionsOptions } from '../../src/reconcile/earlier-versions.ts';
import { createTreeLoader } from '../../src/reconcile/tree-loader.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { siteContext } from '../builders.ts';
import { createRepository, type TestRepository } from '../git/git-repo.ts';
import { deploymentText, OWN, ROOT, SHOP } from '../policy/policy-texts.ts';

// Which texts are in force under policies that come, change, break and go, in the history of a real repository.

const DEPLOYED = 'tenants/acme/application-deployments/shop.yaml';
let folder: string;
let repository: TestRepository;
let options: EarlierVersionsOptions;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-policies-'));
  repository = await createRepository(join(folder, 'repo'));
  const git = openLocalRepository({ path: repository.path, branch: 'main', treePath: '.' });
  const runningRevisions = () => Promise.resolve([]);
  const { signal } = new AbortController();
  options = { git, loader: createTreeLoader(git), limit: 100, runningRevisions, signal };
});

afterEach(() => rm(folder, { recursive: true }));

/** With `NET_ADMIN`, unless it is `plain`. */
const shop = (version: string, kind: 'plain' | 'privileged') =>
  [
    ...['name: shop', `version: "${version}"`, 'services:', '  - name: web', '    containers:', '      - name: main'],
    `        image: busybox:${version}`,
    ...(kind === 'plain' ? [] : ['        additional-capabilities: [NET_ADMIN]']),
    '',
  ].join('\n');
const NO_CAPABILITIES = 'containers: { capabilities: [] }\n';

async function resolve(head: string): Promise<ResolvedCatalog> {
  const catalog = await loadJudged(head, options);
  return resolveCatalog(catalog, await findEarlierVersions(catalog, options));
}

/** What is in force of the application, and why nothing new may be made from it. */
async function inForce(head: string) {
  const catalog = await resolve(head);
  const document = catalog.applications['acme.shop']?.document;
  const desired = desiredSite(catalog, siteContext()).applications['acme.shop'];
  return { version: document?.spec.version, refused: desired?.refused, leftAlone: catalog.leftAlone['acme.shop'] };
}

const PASSES = { refused: undefined, leftAlone: undefined };

describe('an application that a policy forbids', () => {
  it('runs on in its last good text', async () => {
    await repository.commit({
      [ROOT]: NO_CAPABILITIES,
      [SHOP]: shop('1.0', 'plain'),
      [DEPLOYED]: deploymentText('shop'),
    });
    const head = await repository.commit({ [SHOP]: shop('1.1', 'privileged') });
    expect(await inForce(head)).toEqual({ version: '1.0', ...PASSES });
    const mended = await repository.commit({ [SHOP]: shop('1.2', 'plain') });
    expect(await inForce(mended)).toEqual({ version: '1.2', ...PASSES });
  });

  it('and never was in force is left alone', async () => {
    const head = await repository.commit({
      [ROOT]: NO_CAPABILITIES,
      [SHOP]: shop('1.0', 'privileged'),
      [DEPLOYED]: deploymentText('shop'),
    });
    expect(await inForce(head)).toMatchObject({
      version: undefined,
      leftAlone: expect.stringContaining('NET_ADMIN') as string,
    });
  });

  it('is taken back past texts that were forbidden when they came, not to one before what runs', async () => {
    await repository.commit({ [SHOP]: shop('1.0', 'plain'), [DEPLOYED]: deploymentText('shop') });
    await repository.commit({ [SHOP]: shop('1.1', 'privileged') });
    await repository.commit({ [ROOT]: NO_CAPABILITIES });
    const head = await repository.commit({ [SHOP]: shop('1.2', 'privileged') });
    expect(await inForce(head)).toMatchObject({
      version: '1.1',
      refused: expect.stringContaining('the capability NET_ADMIN may not be had') as string,
    });
    const loosened = await repository.commit({ [ROOT]: 'containers: { capabilities: [NET_ADMIN] }\n' });
    expect(await inForce(loosened)).toEqual({ version: '1.2', ...PASSES });
  });

  it('because its policy was tightened keeps its text, from which nothing new is made', async () => {
    await repository.commit({ [SHOP]: shop('1.0', 'privileged'), [DEPLOYED]: deploymentText('shop') });
    const head = await repository.commit({ [ROOT]: NO_CAPABILITIES });
    expect(await inForce(head)).toMatchObject({
      version: '1.0',
      refused: expect.stringContaining('NET_ADMIN') as string,
    });
    const removed = await repository.commit({ [ROOT]: null });
    expect(await inForce(removed)).toEqual({ version: '1.0', ...PASSES });
  });

  it('because its own tenant tightened its policy is judged by that as well', async () => {
    await repository.commit({ [SHOP]: shop('1.0', 'privileged'), [DEPLOYED]: deploymentText('shop') });
    await repository.commit({ [OWN]: NO_CAPABILITIES });
    const head = await repository.commit({ [SHOP]: shop('1.1', 'privileged') });
    expect(await inForce(head)).toMatchObject({ version: '1.0', refused: expect.stringContaining(OWN) as string });
  });
});

describe('a policy that is broken', () => {
  it('stays in force as it last was', async () => {
    await repository.commit({
      [ROOT]: NO_CAPABILITIES,
      [SHOP]: shop('1.0', 'plain'),
      [DEPLOYED]: deploymentText('shop'),
    });
    const broken = await repository.commit({ [ROOT]: 'containers: [' });
    expect(await inForce(broken)).toEqual({ version: '1.0', ...PASSES });
    const forbidden = await repository.commit({ [SHOP]: shop('1.1', 'privileged') });
    expect(await inForce(forbidden)).toEqual({ version: '1.0', ...PASSES });
    const allowed = await repository.commit({ [SHOP]: shop('1.2', 'plain') });
    expect(await inForce(allowed)).toEqual({ version: '1.2', ...PASSES });
    const problems = (await resolve(allowed)).problems.map(({ file }) => file);
    expect(problems).toEqual([ROOT]);
  });

  it('and never was good lets nothing new be made of those it is for', async () => {
    await repository.commit({ [SHOP]: shop('1.0', 'plain'), [DEPLOYED]: deploymentText('shop') });
    const other = { 'tenants/beta/applications/a.yaml': shop('1.0', 'plain') };
    const head = await repository.commit({ [OWN]: 'containers: [', ...other });
    const { version, refused } = await inForce(head);
    expect(version).toBe('1.0');
    expect(refused).toContain(`the policy is not known: ${OWN}:1:`);
    expect((await resolve(head)).policies.unknown).toEqual({ acme: expect.stringContaining(OWN) as string });
    const all = await repository.commit({ [OWN]: null, [ROOT]: 'nonsense: 1\n' });
    expect((await inForce(all)).refused).toContain('the policy is not known: policy.yaml:1:1');
  });

  it('is not looked for before a commit in which it was gone', async () => {
    await repository.commit({
      [ROOT]: NO_CAPABILITIES,
      [SHOP]: shop('1.0', 'plain'),
      [DEPLOYED]: deploymentText('shop'),
    });
    await repository.commit({ [ROOT]: null });
    const head = await repository.commit({ [ROOT]: 'containers: [' });
    expect((await inForce(head)).refused).toContain('the policy is not known');
  });

  it('that is too large to be read stays in force as well', async () => {
    await repository.commit({
      [ROOT]: NO_CAPABILITIES,
      [SHOP]: shop('1.0', 'privileged'),
      [DEPLOYED]: deploymentText('shop'),
    });
    const big = await repository.commit({ [ROOT]: `# ${'x'.repeat(1024 * 1024)}\n{}\n` });
    expect(await inForce(big)).toMatchObject({
      version: undefined,
      leftAlone: expect.stringContaining('NET_ADMIN') as string,
    });
  });
});

describe('a version in history', () => {
  it('that a deployment pins has to keep to the policies of today', async () => {
    await repository.commit({ [SHOP]: shop('1.0', 'privileged'), [DEPLOYED]: deploymentText('shop') });
    const old = await repository.commit({ [SHOP]: shop('2.0', 'plain') });
    const head = await repository.commit({
      [ROOT]: NO_CAPABILITIES,
      [DEPLOYED]: `${deploymentText('shop')}application-version: "1.0"\n`,
    });
    const catalog = await resolve(head);
    const [parent] = (await options.git.readCommit(old, options.signal))!.parents;
    const former = (await options.loader.load(parent!)).documents.find(({ kind }) => kind === 'application');
    const document = former as ResolvedCatalog['applications'][string]['document'];
    const versions = { 'acme.shop': [{ document, revision: parent!, rejected: undefined }] };
    const known = { ...catalog, history: { ...catalog.history, versions, isComplete: true } };
    const site = desiredSite(known, siteContext());
    expect(site.applications['acme.shop']).toMatchObject({
      version: '1.0',
      refused: expect.stringContaining('NET_ADMIN') as string,
    });
    expect(site.earlier['acme.shop']).toMatchObject([{ version: '2.0', refused: undefined }]);
  });
});
