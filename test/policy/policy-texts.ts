import type { Catalog } from '../../src/model/catalog.ts';
import { buildCatalog } from '../../src/spec/build-catalog.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { toBytes } from '../spec/documents.ts';

export const SHOP = 'tenants/acme/applications/shop.yaml';
export const ROOT = 'policy.yaml';
export const OWN = 'tenants/acme/policy.yaml';

/** What a tree of these texts, by their paths, comes to. */
export function catalogOf(files: Readonly<Record<string, string>>): Catalog {
  const parsed = Object.entries(files).map(([file, text]) => parseFile(file, toBytes(text)));
  return buildCatalog('head', parsed, []);
}

/** An application of one service, and its container with these fields, a line each. */
export function shop(...containerLines: readonly string[]): string {
  return applicationText('shop', [], containerLines);
}

/** `serviceLines` are fields of the service. */
export function applicationText(
  name: string,
  serviceLines: readonly string[],
  containerLines: readonly string[] = [],
): string {
  const hasImage = containerLines.some((line) => line.startsWith('image:'));
  return [
    `name: ${name}`,
    'services:',
    '  - name: web',
    ...serviceLines.map((line) => `    ${line}`),
    '    containers:',
    '      - name: main',
    ...[...(hasImage ? [] : ['image: busybox:1.36']), ...containerLines].map((line) => `        ${line}`),
    '',
  ].join('\n');
}

export function deploymentText(application: string): string {
  return `name: ${application}\napplication: ${application}\nplacement:\n  all-sites: {}\n`;
}

/** `file:line:column: message`, of errors. */
export function errorsOf({ problems }: Catalog): readonly string[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

export function warningsOf({ problems }: Catalog): string[] {
  return problems.filter(({ severity }) => severity === 'warning').map(({ file, message }) => `${file}: ${message}`);
}
