import { parseLocation } from './git/location.ts';
import { GitError } from './git/port.ts';
import { formatCidr, parseCidr } from './model/subnet.ts';
import type { JsonSchema } from './spec/json-schema.ts';
import { parseDuration, UnitError } from './spec/units.ts';

// The kinds of values a setting of `fairlead run` can have.

/** A value that does not fit; the message follows the name of the setting. */
export class SettingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingError';
  }
}

export interface SettingKind<T> {
  /** What stands behind the flag in the help: `<duration>`; a switch has none. */
  readonly placeholder: string | undefined;
  readonly repeatable: boolean;
  /** The key of fairlead.yaml. */
  readonly schema: JsonSchema;
  /** From what the user wrote; several texts only where the setting is repeatable. @throws SettingError */
  readonly parse: (texts: readonly string[]) => T;
  /** What the user wrote as it would stand in fairlead.yaml. */
  readonly toJson: (texts: readonly string[]) => unknown;
}

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** A kind that is written as one text. */
function oneText<T>(placeholder: string, schema: JsonSchema, parse: (value: string) => T): SettingKind<T> {
  return {
    placeholder,
    repeatable: false,
    schema: { type: 'string', minLength: 1, ...schema },
    parse: ([value = '']) => {
      if (value === '') throw new SettingError('is empty');
      return parse(value);
    },
    toJson: ([value]) => value,
  };
}

export function text(placeholder: string): SettingKind<string> {
  return oneText(
    placeholder,
    { examples: placeholder === 'NAME' ? ['main'] : ['/etc/fairlead/example'] },
    (value) => value,
  );
}

/** A length of time in ms. */
export function duration(minimumMs: number, maximumMs = Infinity): SettingKind<number> {
  return oneText('DURATION', { format: 'duration', examples: ['30s', '1h30m'] }, (value) => {
    const ms = parseMs(value);
    if (ms < minimumMs) throw new SettingError(`"${value}" is too short (at least ${minimumMs}ms)`);
    if (ms > maximumMs) throw new SettingError(`"${value}" is too long (at most ${maximumMs / 3_600_000}h)`);
    return ms;
  });
}

function parseMs(value: string): number {
  try {
    return parseDuration(value);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new SettingError(`"${value}" ${error.message}`);
  }
}

export function wholeNumber(minimum: number, maximum: number): SettingKind<number> {
  return {
    ...oneText('N', {}, (value) => {
      const number = /^\d{1,15}$/.test(value) ? Number(value) : -1;
      if (number >= minimum && number <= maximum) return number;
      throw new SettingError(`"${value}" is not a whole number from ${minimum} to ${maximum}`);
    }),
    schema: { type: 'integer', minimum, maximum, examples: [minimum] },
    toJson: ([value]) => Number(value),
  };
}

export const switched: SettingKind<boolean> = {
  placeholder: undefined,
  repeatable: false,
  schema: { type: 'boolean', examples: [true] },
  parse: ([value = '']) => {
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw new SettingError(`"${value}" is not true or false`);
  },
  toJson: ([value]) => value === 'true',
};

export const name = oneText('NAME', { examples: ['default'] }, parseName);

/** One of a few words. */
export function oneOf<T extends string>(...words: readonly [T, ...T[]]): SettingKind<T> {
  const listed = words.join(', ');
  const parse = (value: string): T => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new SettingError(`"${value}" is none of ${listed}`);
    return found;
  };
  return { ...oneText(words.join('|'), {}, parse), schema: { type: 'string', enum: words, examples: [words[0]] } };
}

/** Files and folders. */
export const paths: SettingKind<readonly string[]> = {
  placeholder: 'FILE|DIR',
  repeatable: true,
  schema: { type: 'array', items: { type: 'string', minLength: 1 }, examples: [['/etc/fairlead/keys']] },
  parse: (values) => {
    if (values.includes('')) throw new SettingError('is empty');
    return values;
  },
  toJson: (values) => values,
};

export const names: SettingKind<readonly string[]> = {
  placeholder: 'NAME',
  repeatable: true,
  schema: { type: 'array', items: { type: 'string' }, examples: [['stockholm']] },
  parse: (values) => values.map(parseName),
  toJson: (values) => values,
};

/** Patterns of full names of refs; several may stand in one text, with commas between them. */
export const refPatterns: SettingKind<readonly string[]> = {
  placeholder: 'PATTERN',
  repeatable: true,
  schema: { type: 'array', items: { type: 'string' }, examples: [['refs/heads/*', 'refs/pull/*/merge']] },
  parse: (values) => values.flatMap(splitPatterns).map(parsePattern),
  toJson: (values) => values.flatMap(splitPatterns),
};

function splitPatterns(value: string): readonly string[] {
  return value.split(',').map((part) => part.trim());
}

function parsePattern(value: string): string {
  const isPattern = value === '*' || value === 'HEAD' || /^refs\/[^\s~^:?[\\]+$/.test(value);
  if (isPattern && value.length <= 250 && value.split('*').length <= 5) return value;
  throw new SettingError(`"${value}" is no pattern of refs (examples: refs/heads/*, refs/pull/*/merge, *)`);
}

function parseName(value: string): string {
  if (value.length <= 63 && NAME.test(value)) return value;
  throw new SettingError(`"${value}" is not a name (lower-case letters, digits and hyphens, at most 63 characters)`);
}

/** A remote or a path. Credentials in the address would end up in logs, so they are refused. */
export const repository = oneText('URL|PATH', { examples: ['https://git.example.com/fleet.git'] }, (value) => {
  if (/^https?:\/\/[^/?#]*@/i.test(value)) {
    throw new SettingError('holds credentials; put them into the file named by repository-credentials');
  }
  try {
    parseLocation(value);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new SettingError(error.message);
  }
  return value;
});

export const proxy = oneText('URL|none', { examples: ['http://proxy.example.com:3128', 'none'] }, (value) => {
  if (value === 'none') return value;
  const url = /^https?:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) throw new SettingError('is no proxy (examples: http://proxy.example.com:3128, none)');
  if (url.username !== '' || url.password !== '') {
    throw new SettingError(
      'holds credentials; put that address with them into the file named by repository-credentials',
    );
  }
  return url.origin;
});

/** A folder inside the repository, without `./` and slashes at its ends. */
export const folder = oneText('DIR', { examples: ['fleet'] }, (value) => {
  const segments = value.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (value.startsWith('/') || value.includes('\\') || segments.includes('..')) {
    throw new SettingError(`"${value}" is not a folder inside the repository (write it with "/", without "..")`);
  }
  return segments.length === 0 ? '.' : segments.join('/');
});

export const docker = oneText('ENDPOINT', { examples: ['unix:///var/run/docker.sock'] }, (value) => {
  if (/^unix:\/\/\/.+$/.test(value)) return value;
  if (/^(tcp|https?):\/\//.test(value) && URL.canParse(value)) return value;
  throw new SettingError(`"${value}" is not an engine (examples: unix:///var/run/docker.sock, tcp://10.0.0.5:2376)`);
});

export interface ListenAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export const address: SettingKind<ListenAddress> = oneText('ADDR:PORT', { examples: ['0.0.0.0:4646'] }, (value) => {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new SettingError(`"${value}" is not an address and port (examples: 127.0.0.1:4646, [::1]:4646)`);
});

/** Application networks take a /26 each, so nothing smaller makes sense. */
export const pool = oneText('CIDR', { examples: ['10.201.0.0/16'] }, (value) => {
  const range = parseCidr(value);
  if (range === undefined) throw new SettingError(`"${value}" is not an IPv4 range (example: 10.201.0.0/16)`);
  if (range.size > 2 ** 24 || range.size < 2 ** 6)
    throw new SettingError(`"${value}" is not between /8 and /26 in size`);
  const canonical = formatCidr(range);
  if (canonical !== value)
    throw new SettingError(`"${value}" has bits set behind its prefix (did you mean ${canonical}?)`);
  return canonical;
});
