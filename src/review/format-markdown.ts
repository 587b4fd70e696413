import { printable } from '../model/printable.ts';
import type {
  ApplicationReview,
  FieldChange,
  OperationReview,
  ReviewDocument,
  SiteReview,
} from '../status/documents.ts';
import { formatProblem } from '../status/format.ts';
import {
  CHANGE_WORDS,
  counted,
  factsOf,
  fatesOfData,
  groupHeld,
  groupSites,
  isGrave,
  nameSites,
  sidesOf,
} from './facts.ts';
import { formatRejected, isHeld, isTold } from './format-text.ts';
import { code, fenced, htmlCode } from './markdown-code.ts';

/** GitHub takes 65,536 characters in a comment; whoever posts it may want to add a line. */
const MOST_CHARACTERS = 64_000;

/** Of the list that is not folded: how many lines, and how much of what is quoted in each. */
const MOST_LINES = 30;
const LONGEST_LINE = 400;
/** Of applications in one of its lines. */
const MOST_NAMES = 10;

/**
 * A review as a comment on a pull request: a line that says all of it, what needs attention, and the rest folded. What
 * would make it too long is left out a section at a time, and said to be. Whatever comes from the repository stands in
 * code, where it is no markup, no link and mentions nobody.
 */
export function formatMarkdown(document: ReviewDocument): string {
  const head = [`**Fairlead plan:** ${escape(document.summary)}`, ...attention(document)].join('\n\n');
  const sections = [...documentSections(document), ...groupSites(document.sites).flatMap(siteSections)];
  const notes = document.notes.length === 0 ? [] : [document.notes.map((note) => `- ${code(clip(note))}`).join('\n')];
  const room = MOST_CHARACTERS - head.length - notes.join('').length - 500;
  const { kept, left } = fit(sections, room);
  const missing =
    left === 0
      ? []
      : [
          `**${counted(left, 'section is', 'sections are')} left out:** there is no room; \`fairlead plan\` tells them all.`,
        ];
  return `${[head, ...kept, ...missing, ...notes].join('\n\n')}\n`;
}

/** A section of which there is a shorter form is shortened before it is left out. */
interface Section {
  readonly long: string;
  readonly short: string;
}

function fit(sections: readonly Section[], room: number) {
  const kept: string[] = [];
  let [left, used] = [0, 0];
  for (const { long, short } of sections) {
    const text = [long, short].find((one) => used + one.length + 2 <= room);
    if (text === undefined) left += 1;
    else {
      kept.push(text);
      used += text.length + 2;
    }
  }
  return { kept, left };
}

/** What nobody should have to unfold. */
function attention(document: ReviewDocument): readonly string[] {
  const { rejected, problems, sites, warnings } = document;
  const grave = groupSites(sites).flatMap(([site, group]) => [
    ...groupHeld(site).map(
      ({ applications, reason }) =>
        `${code(clip(applications.join(', ')))} at ${code(clip(nameSites(group)))}: **HELD**, ${code(clip(reason))}`,
    ),
    ...groupLines(site.applications.filter((one) => !isHeld(one, site)).flatMap(graveWords), nameSites(group)),
    ...(site.change === 'removed' ? [`${code(clip(nameSites(group)))}: **what runs there STAYS as it is**`] : []),
  ]);
  const lines = [
    ...warnings.map((one) => `:warning: ${code(clip(one))}`),
    ...rejected.map((one) => `:x: ${code(clip(formatRejected(one)))}`),
    ...problems.map((one) => `${one.severity === 'error' ? ':x:' : ':warning:'} ${code(clip(formatProblem(one)))}`),
    ...grave.map((line) => `:warning: ${line}`),
  ];
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MOST_LINES).map((line) => `- ${line}`);
  const rest = lines.length - shown.length;
  return [[...shown, ...(rest === 0 ? [] : [`- and ${rest} more`])].join('\n')];
}

type Words = readonly [application: string, words: string];

function graveWords(one: ApplicationReview): readonly Words[] {
  const change = isGrave(one) ? [`**${CHANGE_WORDS[one.change]}**, ${code(clip(one.reason))}`] : [];
  const data = fatesOfData(one).map(([words, names]) => `**${words}**, ${code(clip(names.join(', ')))}`);
  return [...change, ...data].map((words) => [one.application, words] as const);
}

/** Applications of which the same is said stand together. */
function groupLines(all: readonly Words[], place: string): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [application, words] of all) groups.set(words, [...(groups.get(words) ?? []), application]);
  return [...groups].map(([words, names]) => `${code(clip(someOf(names)))} at ${code(clip(place))}: ${words}`);
}

function someOf(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${rest} more`;
}

/** So that the lines of a list are bounded, not only their number. */
function clip(text: string): string {
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE)} …`;
}

function documentSections({ documents }: ReviewDocument): readonly Section[] {
  return documents.map(({ kind, name, file, change, fields }) => {
    const title = `${kind} ${htmlCode(name)}: ${change}`;
    if (fields.length > 0) return folded(title, [diffBlock(fields)], []);
    const line = `${title} (${htmlCode(file)})`;
    return { long: line, short: line };
  });
}

function siteSections([site, group]: readonly [SiteReview, readonly SiteReview[]]): readonly Section[] {
  const place = htmlCode(clip(nameSites(group)));
  const untold = site.applications.filter((one) => !isHeld(one, site));
  const applications = untold.map((one) => {
    const title = `${htmlCode(one.application)} at ${place}: <b>${CHANGE_WORDS[one.change]}</b>, ${htmlCode(clip(one.reason))}`;
    const facts = factsOf(one)
      .map((fact) => `- ${code(fact)}`)
      .join('\n');
    return folded(title, [facts, diffBlock(one.fields)], one.operations);
  });
  const shared = site.shared.length === 0 ? [] : [folded(`for all at ${place}`, [], site.shared)];
  const blocked = site.blocked.filter((one) => !isTold(one, site));
  const undone = blocked.map(({ application, reason }) => `- ${code(application)}: ${code(clip(reason))}`).join('\n');
  return [...applications, ...(undone === '' ? [] : [folded(`left undone at ${place}`, [undone], [])]), ...shared];
}

function folded(title: string, parts: readonly string[], operations: readonly OperationReview[]): Section {
  const wrap = (all: readonly string[]) =>
    `<details><summary>${title}</summary>\n\n${all.filter((part) => part !== '').join('\n\n')}\n\n</details>`;
  const calls = operations.length === 0 ? '' : fenced('', operations.flatMap(operationLines));
  const long = wrap([...parts, calls]);
  if (calls === '') return { long, short: long };
  const count = counted(operations.length, 'thing is', 'things are');
  return { long, short: wrap([...parts, `${count} done; \`fairlead plan\` tells what.`]) };
}

function operationLines({ target, intent, reason, steps }: OperationReview): readonly string[] {
  return [`${target}: ${intent} — ${reason}`, ...steps.map((step) => `  ${step}`)];
}

function diffBlock(fields: readonly FieldChange[]): string {
  if (fields.length === 0) return '';
  const lines = fields.flatMap((field) => {
    const [old, now] = sidesOf(field);
    return [...(old === '' ? [] : [`- ${old}`]), ...(now === '' ? [] : [`+ ${now}`])];
  });
  return fenced('diff', lines);
}

/** For sentences of our own, which quote nobody. */
function escape(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|@~&-]/g, '\\$&');
}
