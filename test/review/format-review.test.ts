import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReview } from '../../src/review/format-review.ts';
import type { ApplicationReview, ReviewDocument, SiteReview } from '../../src/status/documents.ts';

function applicationReview(fields: Partial<ApplicationReview> = {}): ApplicationReview {
  const lists = { uncoordinated: [], services: [], fields: [], volumes: [], pulls: [], operations: [] };
  return { application: 'acme.shop', change: 'changed', reason: 'why', duration: '0ms', ...lists, ...fields };
}

function siteReview(applications: readonly ApplicationReview[], fields: Partial<SiteReview> = {}): SiteReview {
  const lists = { pulls: [], held: [], blocked: [], shared: [] };
  return { site: 'berlin', host: 'berlin-1', change: 'changed', applications, ...lists, ...fields };
}

function document(sites: readonly SiteReview[], fields: Partial<ReviewDocument> = {}): ReviewDocument {
  return {
    against: 'revision',
    base: { ref: 'main', revision: 'a' },
    head: { ref: 'HEAD', revision: 'b' },
    changed: true,
    summary: '1 application changes: 1 changed',
    ...{ documents: [], sites, rejected: [], problems: [], mended: [], warnings: [], notes: [] },
    ...fields,
  };
}

const HOSTILE = '</code></details>\n# @everyone `x` ``` ![](http://evil) | ::error::\u202e\u001b[2J';

/** The same text wherever a text of others may stand. */
function hostile(text: string): ReviewDocument {
  const place = { document: 'application' as const, path: text, old: text, new: text, masked: false };
  const operation = { target: text, intent: 'create' as const, reason: text, begins: '0ms', steps: [text] };
  const application = applicationReview({
    ...{ application: text, change: 'restarted', reason: text, fields: [place], operations: [operation] },
    ...{ uncoordinated: [text], pulls: [text], volumes: [{ volume: text, fate: 'removed' }] },
  });
  const problem = { file: text, line: 1, column: 1, message: text, severity: 'error' as const };
  return document(
    [siteReview([application], { site: text, held: [{ application: text, reason: text }], shared: [operation] })],
    {
      documents: [{ kind: 'tenant', name: text, file: text, change: 'changed', fields: [place] }],
      rejected: [{ kind: 'application', tenant: text, name: text, file: text, 'in-force': '' }],
      problems: [problem],
      mended: [problem],
      warnings: [text],
      notes: [text],
    },
  );
}

/** Markdown without what stands in code, where it does nothing. */
function outsideOfCode(markdown: string): string {
  return markdown
    .replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '')
    .replace(/<code>[^<]*<\/code>/g, '')
    .replace(/(?<!`)(`+)(?!`)(?:(?!\1)[\s\S]|(?<=`)\1)*?(?<!`)\1(?!`)/g, '');
}

describe.each([
  ['text', 'warning: commit 1a is not signed\n'],
  ['markdown', '- :warning: `commit 1a is not signed`\n'],
  ['github', '::warning title=fairlead plan::commit 1a is not signed\n'],
] as const)('a warning in %s', (format, line) => {
  it('is told though nothing changes', () => {
    const warned = document([], { changed: false, summary: 'No changes.', warnings: ['commit 1a is not signed'] });
    expect(`${formatReview(warned, format)}\n`).toContain(line);
  });
});

describe('a review as markdown', () => {
  it('begins with a line that says all of it, and folds the details', () => {
    const text = formatReview(document([siteReview([applicationReview()])]), 'markdown');
    expect(text.split('\n').slice(0, 3)).toEqual([
      '**Fairlead plan:** 1 application changes: 1 changed',
      '',
      '<details><summary><code>acme.shop</code> at <code>site berlin</code>: <b>changed</b>, <code>why</code></summary>',
    ]);
  });

  it('says unfolded what nobody should miss', () => {
    const grave = applicationReview({ change: 'restarted', reason: 'no entry matches' });
    const [, , line] = formatReview(document([siteReview([grave])]), 'markdown').split('\n');
    expect(line).toBe(
      '- :warning: `acme.shop` at `site berlin`: **restarted WITHOUT COORDINATION**, `no entry matches`',
    );
  });

  it('tells sites at which the same happens once', () => {
    const sites = ['berlin', 'paris'].map((site) => siteReview([applicationReview()], { site, host: `${site}-1` }));
    const text = formatReview(document(sites), 'markdown');
    expect(text.match(/<details>/g)).toHaveLength(1);
    expect(text).toContain('<code>sites berlin, paris</code>');
  });

  it('is never longer than a comment may be, and says what is left out', () => {
    const steps = Array.from({ length: 40 }, (_, index) => `create container ${'x'.repeat(40)}-${index}`);
    const operation = { target: 'x', intent: 'create' as const, reason: 'y', begins: '0ms', steps };
    const many = Array.from({ length: 1000 }, (_, index) =>
      applicationReview({
        ...{ application: `acme.app-${index}`, change: 'restarted', reason: `no ${index}`, operations: [operation] },
      }),
    );
    const text = formatReview(document([siteReview(many)]), 'markdown');
    expect(text.length).toBeLessThan(65_536);
    expect(text.length).toBeGreaterThan(50_000);
    expect(text).toMatch(/\*\*\d+ sections are left out:\*\*/);
    expect(text).toContain('- and 970 more\n');
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  it('tells applications of which the same is to be said in one line', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      applicationReview({ application: `acme.${index}`, change: 'removed', reason: 'gone' }),
    );
    const names = 'acme.0, acme.1, acme.2, acme.3, acme.4, acme.5, acme.6, acme.7, acme.8, acme.9 and 2 more';
    expect(formatReview(document([siteReview(many)]), 'markdown')).toContain(
      `\n\n- :warning: \`${names}\` at \`site berlin\`: **removed**, \`gone\`\n\n`,
    );
  });

  it('takes nothing from the repository for markup', () => {
    const bare = outsideOfCode(formatReview(hostile(HOSTILE), 'markdown'));
    expect(bare).not.toMatch(/(?<!\\)@everyone|http:\/\/evil|\n#|\u202e|\u001b/);
    expect(bare.match(/<\/details>/g)?.length).toBe(bare.match(/<details>/g)?.length);
  });

  it('closes all that it opens, whatever texts there are', () => {
    const texts = fc.stringMatching(/^[`<>@#\\\n a~|*_[\]()!-]{0,30}$/);
    fc.assert(
      fc.property(texts, (text) => {
        const bare = outsideOfCode(formatReview(hostile(text), 'markdown'));
        expect(bare.replace(/\\./g, '')).not.toMatch(/@|\n#|!\[/);
        expect(bare.match(/<\/details>/g)?.length).toBe(bare.match(/<details>/g)?.length);
      }),
    );
  });
});

describe('a review for GitHub Actions', () => {
  it('is a notice, and a warning for each that is restarted or removed', () => {
    const applications = [applicationReview({ change: 'restarted' }), applicationReview({ application: 'acme.blog' })];
    expect(
      formatReview(document([siteReview(applications)]), 'github')
        .split('\n')
        .slice(0, 2),
    ).toEqual([
      '::notice title=fairlead plan::1 application changes: 1 changed',
      '::warning title=fairlead plan::acme.shop at site berlin: restarted WITHOUT COORDINATION — why',
    ]);
  });

  it('points at what is wrong', () => {
    const problem = { file: 'a,b:c.yaml', line: 3, column: 5, message: '100% wrong', severity: 'error' as const };
    expect(formatReview(document([], { problems: [problem] }), 'github')).toContain(
      '::error file=a%2Cb%3Ac.yaml,line=3,col=5::100%25 wrong\n',
    );
  });

  it('shows no more of a kind than GitHub does, and how many there are', () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      applicationReview({ application: `a.${index}`, change: 'removed' }),
    );
    const warnings = formatReview(document([siteReview(many)]), 'github').match(/^::warning.*$/gm) ?? [];
    expect(warnings).toHaveLength(10);
    expect(warnings.at(-1)).toContain('and 16 more');
  });

  it('lets no text begin a command of its own', () => {
    const lines = formatReview(hostile(HOSTILE), 'github').trimEnd().split('\n');
    const stop = lines.findIndex((line) => line.startsWith('::stop-commands::'));
    const token = lines[stop]?.slice('::stop-commands::'.length) ?? '';
    // Only the token makes commands count again.
    expect(lines.slice(-2)).toEqual([`::${token}::`, '::endgroup::']);
    expect(lines.slice(stop + 1, -2).join('\n')).not.toContain(token);
    for (const line of lines.slice(0, stop)) expect(line).toMatch(/^::(notice|warning|error|group)\b/);
  });
});

describe('a review as text', () => {
  it('steers no terminal', () => {
    expect(formatReview(hostile(HOSTILE), 'text')).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('a review as JSON', () => {
  it('is the document itself', () => {
    const one = hostile(HOSTILE);
    expect(JSON.parse(formatReview(one, 'json'))).toEqual(one);
  });
});
