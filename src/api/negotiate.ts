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

/** `application/yaml;q=0.5` */
function parseWish(text: string): { format: Format; weight: number }[] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const format = FORMATS.get(type);
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return format !== undefined && weight > 0 ? [{ format, weight }] : [];
}

export function formatBody(value: unknown, format: Format): string {
  return format === 'json' ? JSON.stringify(value) : toYaml(value);
}
