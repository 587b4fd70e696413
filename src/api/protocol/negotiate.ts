import { toYaml } from './yaml-text.ts';

export type Format = 'json' | 'yaml';

export const CONTENT_TYPE = {
  json: 'application/json; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
} as const satisfies Record<Format, string>;

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['application/yaml', 'yaml'],
  ['application/x-yaml', 'yaml'],
  ['text/yaml', 'yaml'],
]);

/** The format a client would rather have; JSON when it does not say or asks for something else (contract 5.1). */
export function chooseFormat(accept: string | undefined): Format {
  if (accept === undefined || accept === '*/*') return 'json';
  const wishes = accept.split(',').flatMap(parseWish);
  return wishes.sort((a, b) => b.weight - a.weight)[0]?.format ?? 'json';
}

/** Whether a client would rather follow what happens than be told what has (contract 5.3). */
export function prefersEvents(accept: string | undefined): boolean {
  return prefers(accept, 'text/event-stream', (type) => FORMATS.has(type));
}

/** Whether a client would rather have a log as JSON lines than as text (contract 5.3). */
export function prefersLines(accept: string | undefined): boolean {
  return prefers(accept, 'application/x-ndjson', (type) => ['text/plain', 'text/*'].includes(type));
}

function prefers(accept: string | undefined, wanted: string, isUsual: (type: string) => boolean): boolean {
  const wishes = (accept ?? '').split(',').map(weigh);
  const weightOf = (is: (type: string) => boolean) =>
    Math.max(0, ...wishes.filter(({ type }) => is(type)).map(({ weight }) => weight));
  const special = weightOf((type) => type === wanted);
  return special > 0 && special >= weightOf(isUsual);
}

function parseWish(text: string): { format: Format; weight: number }[] {
  const { type, weight } = weigh(text);
  const format = FORMATS.get(type);
  return format !== undefined && weight > 0 ? [{ format, weight }] : [];
}

/** `application/yaml;q=0.5` */
function weigh(text: string): { type: string; weight: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, weight: quality === undefined ? 1 : Number(quality.slice(2)) };
}

export function formatBody(value: unknown, format: Format): string {
  return format === 'json' ? JSON.stringify(value) : toYaml(value);
}
