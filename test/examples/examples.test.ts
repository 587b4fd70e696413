import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/setup.mjs';
import { readWorkingTree } from '../../src/cli/read-working-tree.ts';
import { validateTree } from '../../src/cli/validate.ts';
import { desiredSite } from '../../src/desired/site.ts';
import { resolveSiteContext } from '../../src/desired/site-context.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { ParsedFile } from '../../src/model/catalog.ts';
import { formatPlan } from '../../src/plan/format.ts';
import { planHost } from '../../src/plan/plan-host.ts';
import { formatReview } from '../../src/review/format-review.ts';
import { review } from '../../src/review/review.ts';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { resolveCatalog } from '../../src/spec/resolve-catalog.ts';
import { readChange } from '../review/reviewed.ts';

const examples = path.join(root, 'examples');
const folders = readdirSync(examples);
/** Those that are a repository. */
const names = folders.filter((name) => existsSync(path.join(examples, name, 'tenants')));

describe('the examples', () => {
  it.each(names)('%s has neither problems nor warnings', async (name) => {
    expect((await validateTree(path.join(examples, name))).problems).toEqual([]);
  });

  // UPDATE=1 npm test -- --project unit examples   writes the plans anew.
  it.each(names)('%s plans on an empty host what its plan.txt says', async (name) => {
    const file = path.join(examples, name, 'plan.txt');
    const text = formatPlan(await planOnEmptyHost(path.join(examples, name)));
    if (process.env['UPDATE'] === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  it('rolling-upgrade is planned for its next version as upgrade.txt says', async () => {
    const folder = path.join(examples, 'rolling-upgrade');
    const documents: Record<string, string> = {};
    for await (const { path: file, content } of readWorkingTree(folder)) documents[file] = String(content);
    const application = 'tenants/acme/applications/shop.yaml';
    const change = { [application]: (documents[application] ?? '').replace("version: '1.0'", "version: '2.0'") };
    const text = formatReview(review(await readChange({ before: [documents], change })), 'text');
    if (process.env['UPDATE'] === '1') writeFileSync(path.join(folder, 'upgrade.txt'), text);
    expect(text).toBe(readFileSync(path.join(folder, 'upgrade.txt'), 'utf8'));
  });

  it.each(folders)('%s says in a README what it shows', (name) => {
    expect(readFileSync(path.join(examples, name, 'README.md'), 'utf8')).toMatch(new RegExp(`^# ${name}: `));
  });
});

async function planOnEmptyHost(directory: string) {
  const files: ParsedFile[] = [];
  for await (const { path: file, content } of readWorkingTree(directory)) {
    if (typeof content === 'string') throw new Error(`${file}: ${content}`);
    files.push(parseFile(file, content));
  }
  const catalog = resolveCatalog(buildCatalog('example', files, []), []);
  const choice = resolveSiteContext(catalog, { owner: 'default', sandboxImage: SANDBOX_IMAGE });
  if (choice.kind !== 'site') throw new Error(choice.message);
  const { plan } = planHost({
    desired: desiredSite(catalog, choice.context),
    observed: {
      host: 'local',
      applications: {},
      sharedNetworks: [],
      images: [],
      persistentVolumes: [],
      logs: [],
      markers: [],
      takenSubnets: [],
    },
    ...{ inFlight: [], attempts: [], ongoing: [] },
    networkPool: '10.201.0.0/16',
    now: 0,
  });
  return plan;
}
