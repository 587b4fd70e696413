import { printable } from '../model/printable.ts';
import type {
  ApplicationReview,
  BlockedApplication,
  OperationReview,
  ReviewDocument,
  SiteReview,
} from '../status/documents.ts';
import { formatProblem } from '../status/format.ts';
import { CHANGE_WORDS, factsOf, formatField, groupHeld, groupSites, nameSites } from './facts.ts';

const SIGNS: Readonly<Record<ApplicationReview['change'], string>> = {
  added: '+',
  removed: '-',
  restarted: '!',
  upgraded: '~',
  changed: '~',
  waiting: '?',
  untouched: ' ',
};

/** A review for a terminal: the summary, what is wrong, then each site with its applications. */
export function formatText(document: ReviewDocument): string {
  const lines = [
    document.summary,
    ...document.warnings.map((warning) => `warning: ${warning}`),
    ...document.rejected.map(formatRejected),
    ...document.problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`),
    ...document.mended.map((problem) => `mended: ${formatProblem(problem)}`),
    ...document.documents.flatMap(({ kind, name, change, fields }) => [
      `${kind} ${name}: ${change}`,
      ...fields.map((field) => `    ${formatField(field)}`),
    ]),
    ...groupSites(document.sites).flatMap(([site, group]) => formatSite(site, group)),
    ...document.notes.map((note) => `note: ${note}`),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** `tenants/acme/applications/shop.yaml: application shop is REJECTED; …` */
export function formatRejected({ kind, name, file, 'in-force': revision }: ReviewDocument['rejected'][number]): string {
  const what = name === undefined ? 'what it holds' : `${kind} ${name}`;
  const rest = revision === '' ? 'nothing of it is touched' : `its text of ${revision.slice(0, 8)} stays in force`;
  return `${file}: ${what} is REJECTED, ${rest}`;
}

function formatSite(site: SiteReview, group: readonly SiteReview[]): readonly string[] {
  return [
    nameSites(group),
    ...(site.change === 'removed' ? ['    what runs there STAYS as it is'] : []),
    ...groupHeld(site).map(({ applications, reason }) => `? ${applications.join(', ')}: HELD — ${reason}`),
    ...site.applications.filter((one) => !isHeld(one, site)).flatMap(formatApplication),
    ...site.blocked
      .filter((one) => !isTold(one, site))
      .map(({ application, reason }) => `? ${application}: left undone — ${reason}`),
    ...site.shared.flatMap(formatOperation),
  ];
}

/** It is told among what is held. */
export function isHeld({ application, change }: ApplicationReview, { held }: SiteReview): boolean {
  return change === 'waiting' && held.some((one) => one.application === application);
}

/** It is told with its application. */
export function isTold({ application, reason }: BlockedApplication, { applications }: SiteReview): boolean {
  return applications.some((one) => one.application === application && one.reason.startsWith(reason));
}

function formatApplication(one: ApplicationReview): readonly string[] {
  return [
    `${SIGNS[one.change]} ${one.application}: ${CHANGE_WORDS[one.change]} — ${one.reason}`,
    ...factsOf(one).map((fact) => `    ${fact}`),
    ...one.fields.map((field) => `    ${formatField(field)}`),
    ...one.operations.flatMap(formatOperation),
  ];
}

function formatOperation({ target, intent, reason, steps }: OperationReview): readonly string[] {
  return [`    ${target}: ${intent} — ${reason}`, ...steps.map((step) => `      ${step}`)];
}
