import type { Notice } from './changes.ts';
import { shorten } from './report.ts';

// What is sent to people and programs, as texts.

/** What a template may name: `{{site}}`. */
const PLACEHOLDERS = [
  'event',
  'site',
  'state',
  'revision',
  'short-revision',
  'reason',
  'reasons',
  'link',
] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

export const DEFAULT_TEMPLATE = '{{event}} at {{site}}: {{short-revision}} {{reason}} {{link}}';

const LONGEST_REASON = 500;
/** Slack cuts longer ones. */
const LONGEST_TEXT = 3_000;
const SHORT_REVISION = 12;

/** What is wrong with a template; undefined: nothing. */
export function templateProblem(template: string): string | undefined {
  const known = PLACEHOLDERS.map((name) => `{{${name}}}`).join(', ');
  const isKnown = (name: string) => PLACEHOLDERS.some((placeholder) => placeholder === name);
  const rest = template.replace(/\{\{ *([a-z-]+) *\}\}/g, (whole, name: string) => (isKnown(name) ? '' : whole));
  if (/\{\{|\}\}/.test(rest)) return `knows the placeholders ${known}`;
  return template.trim() === '' ? 'expected a text' : undefined;
}

/** @param template one without a problem */
export function fillTemplate(template: string, notice: Notice, link: string | undefined): string {
  const values = valuesOf(notice, link);
  const filled = template.replace(/\{\{ *([a-z-]+) *\}\}/g, (_, name: Placeholder) => values[name]);
  const lines = filled.split('\n').map((line) => shorten(line, LONGEST_TEXT));
  const text = lines.join('\n').trim();
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * The same without mentions: Mattermost and Rocket.Chat take `@all` in any text, and reasons quote what stands in the
 * repository. A space parts the two; an image by its digest stays whole.
 */
export function withoutMentions({ report, ...rest }: Notice): Notice {
  const quiet = (text: string) => text.replace(/(?<![\p{L}\p{N}])@(?=[\p{L}\p{N}])/gu, '@ ');
  return { ...rest, report: { ...report, reasons: report.reasons.map(quiet) } };
}

/** Slack takes a mention or a link only between angle brackets, which nothing that is shown may bring along. */
export function slackBody(text: string): string {
  return JSON.stringify({ text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') });
}

/** Everything that is known, for a program. @param at ms since the epoch */
export function webhookBody(
  { event, report }: Notice,
  { text, link, at }: { readonly text: string; readonly link: string | undefined; readonly at: number },
): string {
  const { site, revision, state, reasons } = report;
  const facts = { event, site, revision, state, reasons: reasons.map((reason) => shorten(reason, LONGEST_REASON)) };
  return JSON.stringify({ ...facts, text, time: new Date(at).toISOString(), ...(link === undefined ? {} : { link }) });
}

function valuesOf({ event, report }: Notice, link = ''): Readonly<Record<Placeholder, string>> {
  const reasons = report.reasons.map((reason) => shorten(reason, LONGEST_REASON));
  return {
    ...{ event, site: report.site, state: report.state, link },
    revision: report.revision,
    'short-revision': report.revision.slice(0, SHORT_REVISION),
    reason: reasons[0] ?? '',
    reasons: reasons.join('; '),
  };
}
