import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differingApplications, type SitePair } from '../../src/review/site-pair.ts';
import { formatReview } from '../../src/review/format-review.ts';
import { review } from '../../src/review/review.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { ReviewDocument } from '../../src/status/documents.ts';
import { createWorld } from '../world.ts';
import { CHANGES } from './changes.ts';
import { readChange } from './reviewed.ts';

const COMMIT = /\b[0-9a-f]{8}(?:[0-9a-f]{32})?\b/g;

const TOKEN = /\b[0-9a-f]{64}\b/g;

const FORMATS = [
  ['markdown', 'comment.txt'],
  ['github', 'annotations.txt'],
  ['json', 'json.txt'],
] as const;

// UPDATE=1 npm test -- --project unit review   writes the texts anew.
function golden(name: string): string {
  const file = new URL(`golden/${name}`, import.meta.url);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function compare(name: string, text: string): void {
  if (process.env['UPDATE'] === '1') writeFileSync(new URL(`golden/${name}`, import.meta.url), text);
  expect(text).toBe(golden(name));
}

describe('the plan of a change', () => {
  it.each(CHANGES)('says: $says ($name)', async ({ name, ...commits }) => {
    compare(`${name}.txt`, formatReview(review(await readChange(commits)), 'text').replace(COMMIT, '<commit>'));
  });

  it.each(CHANGES)('is what is done on an engine: $name', async (commits) => {
    const input = await readChange(commits);
    const document = review(input);
    for (const pair of input.sites) {
      expect((await carriedOut(pair)).toSorted()).toEqual(announced(document, siteOf(pair)).toSorted());
    }
  });

  it.each(['upgrade-per-service', 'env-changed', 'prune-guarded', 'rejected', 'site-renamed', 'volume-removed'])(
    'is a comment, annotations and JSON as well: %s',
    async (name) => {
      const commits = CHANGES.find((one) => one.name === name);
      if (commits === undefined) throw new Error(`there is no change ${name}`);
      const document = review(await readChange(commits));
      for (const [format, ending] of FORMATS) {
        const text = formatReview(document, format).replace(COMMIT, '<commit>').replace(TOKEN, '<token>');
        compare(`${name}.${ending}`, text);
      }
    },
  );

  it('is told of a tenant and a site that are called as something every object has', async () => {
    const folder = 'tenants/constructor';
    const shop = (replicas: number) => ({
      name: 'shop',
      services: [{ name: 'web', replicas, containers: [{ name: 'main', image: 'busybox:1.36' }] }],
    });
    const deployment = { name: 'shop', application: 'shop', placement: { 'all-sites': {} } };
    const document = review(
      await readChange({
        before: [
          {
            [`${folder}/applications/shop.yaml`]: shop(1),
            [`${folder}/application-deployments/shop.yaml`]: deployment,
          },
        ],
        change: {
          [`${folder}/applications/shop.yaml`]: shop(2),
          [`${folder}/policy.yaml`]: { quotas: { instances: 5 } },
          'sites/constructor.yaml': { name: 'constructor', hosts: [{ name: 'one' }] },
        },
      }),
    );
    expect(document.documents.map(({ kind, name, change }) => [kind, name, change])).toEqual([
      ['policy', 'constructor', 'added'],
      ['site', 'constructor', 'added'],
    ]);
    expect(announced(document, 'constructor')).toContain('create container constructor.shop.web-2.main');
  });

  it('is empty where nothing differs', async () => {
    const input = await readChange({ before: CHANGES[0]?.before ?? [], change: { 'README.md': 'x' } });
    const document = review(input);
    expect(formatReview(document, 'text')).toBe('No changes.\n');
    expect(document).toMatchObject({ changed: false, sites: [], documents: [], problems: [] });
  });
});

function siteOf({ base, head }: Pick<SitePair, 'base' | 'head'>): string {
  return (head ?? base)?.site ?? '';
}

/** Ids of the steps. */
function announced({ sites }: ReviewDocument, site: string): readonly string[] {
  const found = sites.find((one) => one.site === site);
  if (found === undefined) return [];
  const operations = [...found.applications.flatMap((one) => one.operations), ...found.shared];
  return [...found.pulls.map(({ image }) => `pull image ${image}`), ...operations.flatMap(({ steps }) => steps)];
}

/** What a daemon does on an engine that is as the base wants it, by the head that knows the texts before it. */
async function carriedOut({ base, head }: SitePair): Promise<readonly string[]> {
  const world = createWorld();
  world.docker.engine.images.clear();
  if (base !== undefined) await world.settle({ ...base, versionsComplete: false });
  return head === undefined
    ? []
    : await world.settle({ ...head, earlier: textsBefore({ base, head }), versionsComplete: false });
}

function textsBefore({ base, head }: { readonly base: DesiredSite | undefined; readonly head: DesiredSite }) {
  const entries = differingApplications({ base, head }).flatMap((key) => {
    const [was, now] = [base?.applications[key], head.applications[key]];
    return was === undefined || now === undefined || was.version === now.version ? [] : [[key, [was]] as const];
  });
  return Object.fromEntries(entries);
}
