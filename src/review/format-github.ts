import { createHash } from 'node:crypto';
import { printable } from '../model/printable.ts';
import type { ApplicationReview, ReviewDocument } from '../status/documents.ts';
import { CHANGE_WORDS, fatesOfData, groupHeld, groupSites, isGrave, nameSites } from './facts.ts';
import { formatRejected, formatText, isHeld } from './format-text.ts';

/** GitHub shows no more of a kind in one step. */
const MOST_ANNOTATIONS = 10;

type Level = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly level: Level;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly message: string;
}

/**
 * A review as annotations: what is wrong where it stands, what is restarted without coordination, removed or waiting as
 * warnings, the rest in one notice; all of it follows in the log. https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function formatGithub(document: ReviewDocument): string {
  const found: readonly Annotation[] = [
    { level: 'notice', properties: { title: 'fairlead plan' }, message: document.summary },
    ...document.warnings.map(warn),
    ...document.problems.map(({ severity, file, line, column: col, message }) => ({
      level: severity,
      properties: { file, line, col },
      message,
    })),
    ...document.rejected.map((one) => ({
      level: 'warning' as const,
      properties: { file: one.file },
      message: formatRejected(one),
    })),
    ...groupSites(document.sites).flatMap(([site, group]) => [
      ...groupHeld(site).map(({ applications, reason }) =>
        warn(`${applications.join(', ')} at ${nameSites(group)}: HELD — ${reason}`),
      ),
      ...site.applications
        .filter((one) => !isHeld(one, site))
        .flatMap((one) => graveWords(one).map((words) => warn(`${one.application} at ${nameSites(group)}: ${words}`))),
      ...(site.change === 'removed' ? [warn(`${nameSites(group)}: what runs there STAYS as it is`)] : []),
    ]),
  ];
  const lines = [...limited(found).map(formatAnnotation), ...(document.changed ? inLog(document) : [])];
  return lines.map((line) => `${line}\n`).join('');
}

/** All of it, folded. Nothing in it is a command, whatever texts it quotes: a text cannot hold its own hash. */
function inLog(document: ReviewDocument): readonly string[] {
  const text = formatText(document).trimEnd();
  const token = createHash('sha256').update(text).digest('hex');
  return ['::group::fairlead plan', `::stop-commands::${token}`, text, `::${token}::`, '::endgroup::'];
}

function graveWords(one: ApplicationReview): readonly string[] {
  const data = fatesOfData(one).map(([words, names]) => `${words} — ${names.join(', ')}`);
  return isGrave(one) ? [`${CHANGE_WORDS[one.change]} — ${one.reason}`, ...data] : data;
}

function warn(message: string): Annotation {
  return { level: 'warning', properties: { title: 'fairlead plan' }, message };
}

/** The last that is shown of a level tells how many are not. */
function limited(all: readonly Annotation[]): readonly Annotation[] {
  return (['notice', 'error', 'warning'] as const).flatMap((level) => {
    const those = all.filter((one) => one.level === level);
    if (those.length <= MOST_ANNOTATIONS) return those;
    const message = `and ${those.length - MOST_ANNOTATIONS + 1} more; the log of this step has all of them`;
    return [...those.slice(0, MOST_ANNOTATIONS - 1), { level, properties: { title: 'fairlead plan' }, message }];
  });
}

function formatAnnotation({ level, properties, message }: Annotation): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${level} ${given.join(',')}::${escapeMessage(message)}`;
}

function escapeMessage(text: string): string {
  return printable(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
