import { parseFile } from '../../src/spec/parse-file.ts';
import type { ParsedFile } from '../../src/model/catalog.ts';

/** Texts and files as tests write them. */

export const APPLICATION_FILE = 'tenants/acme/applications/shop.yaml';
export const SITE_FILE = 'sites/stockholm.yaml';
export const DEPLOYMENT_FILE = 'tenants/acme/application-deployments/shop.yaml';

export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** An application of one service; lines are put behind its container, indented as fields of it. */
export function application(name: string, ...containerLines: readonly string[]): string {
  return [
    `name: ${name}`,
    'services:',
    '  - name: web',
    '    containers:',
    '      - name: nginx',
    '        image: nginx:1.27',
    ...containerLines.map((line) => `        ${line}`),
    '',
  ].join('\n');
}

export function deployment(name: string, application: string, ...lines: readonly string[]): string {
  return [`name: ${name}`, `application: ${application}`, 'placement:', '  all-sites: {}', ...lines, ''].join('\n');
}

/** A site of one host; lines are put at its end. */
export function site(name: string, ...lines: readonly string[]): string {
  return [`name: ${name}`, 'hosts:', '  - name: h1', ...lines, ''].join('\n');
}

export function parseSite(text: string, file = SITE_FILE): ParsedFile {
  return parseFile(file, toBytes(text));
}

export function parseApplication(text: string, file = APPLICATION_FILE): ParsedFile {
  return parseFile(file, toBytes(text));
}

export function parseDeployment(text: string, file = DEPLOYMENT_FILE): ParsedFile {
  return parseFile(file, toBytes(text));
}

/** Errors as `line:column: message`. */
export function errorsOf(parsed: ParsedFile): readonly string[] {
  return parsed.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ line, column, message }) => `${line}:${column}: ${message}`);
}
