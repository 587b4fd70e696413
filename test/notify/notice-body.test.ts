import { describe as group, expect, it } from 'vitest';
import {
  DEFAULT_TEMPLATE,
  fillTemplate,
  slackBody,
  templateProblem,
  webhookBody,
  withoutMentions,
} from '../../src/notify/notice-body.ts';
import { describe, shorten, type RevisionReport } from '../../src/notify/report.ts';

const REVISION = '8b137891791fe96927ad78e64b0aad7bded08bdc';
const REPORT: RevisionReport = { revision: REVISION, site: 'berlin', state: 'failure', reasons: ['first', 'second'] };
const NOTICE = { event: 'failure', report: REPORT } as const;

group('the description of a status', () => {
  it('is the first reason, and how many more there are', () => {
    expect(describe(REPORT)).toBe('first (and 1 more)');
    expect(describe({ ...REPORT, state: 'success', reasons: [] })).toBe('applied, everything is ready');
  });

  it('is one line without control characters, of at most so many characters, none of them broken', () => {
    expect(shorten('a\n\u001b[31mb\tc ', 20)).toBe('a [31mb c');
    expect(shorten('abcdef', 5)).toBe('abcd…');
    expect(shorten('abc😀😀', 5)).toBe('abc…');
    expect(describe({ ...REPORT, reasons: ['x'.repeat(900), 'y'] })).toHaveLength(255);
  });
});

group('a template', () => {
  it('is filled with what is known', () => {
    expect(
      fillTemplate('{{event}} {{ site }}: {{state}} {{short-revision}} {{reasons}} {{link}}', NOTICE, 'https://x'),
    ).toBe('failure berlin: failure 8b137891791f first; second https://x');
    expect(fillTemplate(DEFAULT_TEMPLATE, NOTICE, undefined)).toBe('failure at berlin: 8b137891791f first');
  });

  it('does not take what stands in a reason for a placeholder', () => {
    const report = { ...REPORT, reasons: ['{{revision}} $& $1'] };
    expect(fillTemplate('{{reason}}', { event: 'failure', report }, undefined)).toBe('{{revision}} $& $1');
  });

  it('with an unknown placeholder is a problem', () => {
    for (const bad of ['{{nope}}', '{{ site', '{{Site}}', '{{constructor}}'])
      expect(templateProblem(bad)).toContain('{{site}}');
    expect(templateProblem(' ')).toBe('expected a text');
    expect(templateProblem('{{site}} {{ reason }}')).toBeUndefined();
  });
});

group('a body', () => {
  it('for Slack cannot call people or lead elsewhere', () => {
    expect(JSON.parse(slackBody('<!channel> a & <https://evil|good>'))).toEqual({
      text: '&lt;!channel&gt; a &amp; &lt;https://evil|good&gt;',
    });
  });

  it('mentions nobody that a reason names, and whom the template names', () => {
    const reasons = ['the key "@all" (@here, x@y) is unknown', 'image a@sha256:1 is gone'];
    const quiet = withoutMentions({ ...NOTICE, report: { ...REPORT, reasons } });
    expect(fillTemplate('@ops {{reasons}}', quiet, undefined)).toBe(
      '@ops the key "@ all" (@ here, x@y) is unknown; image a@sha256:1 is gone',
    );
  });

  it('for programs has every fact', () => {
    expect(JSON.parse(webhookBody(NOTICE, { text: 't', link: undefined, at: 0 }))).toEqual({
      ...{ event: 'failure', site: 'berlin', revision: REVISION, state: 'failure', reasons: ['first', 'second'] },
      ...{ text: 't', time: '1970-01-01T00:00:00.000Z' },
    });
  });
});
