// What a specification says in plain text may still be a credential, and a review is read by more people than the file:
// it stands in comments and logs. Values from vaults are in no specification, so they are never here.

export const MASK = '***';

/** A value of a document as it may be shown. */
export interface Masked {
  readonly value: unknown;
  readonly masked: boolean;
}

/** Mappings whose values are told apart by the names their author gave them. */
const NAMED_VALUES: ReadonlySet<string> = new Set(['env', 'labels', 'request-headers']);

const CREDENTIAL_NAME =
  /passw|passphrase|secret|token|credential|private|authorization|cookie|api[-_.]?key|access[-_.]?key|(?:^|[-_.])(?:pass|pwd|pw|key|auth)$/i;

/** A reference to a variable shows nothing. */
const ONLY_REFERENCES = /^(?:\$\{\w+\})+$/;

interface Pattern {
  readonly pattern: RegExp;
  readonly shown: string;
}

const WORDS = 'passw(?:or)?d|passphrase|secret|token|credentials?|api[-_.]?key|access[-_.]?key';

/** Quantifiers are bounded: a text of a megabyte is looked at in one go. */
const PATTERNS: readonly Pattern[] = [
  // https://user:password@host
  { pattern: /(:\/\/[^\s/:@]{0,256}):[^\s/@]{1,4096}@/gi, shown: `$1:${MASK}@` },
  {
    pattern: /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
    shown: `$1 ${MASK}`,
  },
  // password = x, --token=x, "secret": "x"
  {
    pattern: new RegExp(
      `((?:${WORDS})[\\w.-]{0,60}["']?[ \\t]{0,9}[:=][ \\t]{0,9})(?!\\$\\{)(?:"[^"\\n]*"|'[^'\\n]*'|[^\\s"',;&]+)`,
      'gi',
    ),
    shown: `$1${MASK}`,
  },
  { pattern: /\b(bearer|basic)[ \t]+[\w.~+/=-]{8,}/gi, shown: `$1 ${MASK}` },
  // Tokens of forges, clouds and chats, and JSON web tokens, tell what they are.
  {
    pattern:
      /\b(?:gh[pousr]_\w{20,255}|glpat-[\w-]{20,255}|AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,255}|eyJ[\w-]{10,4096}\.[\w-]{10,4096}\.[\w-]{0,4096})/g,
    shown: MASK,
  },
];

/** A text with `***` for what looks like a credential in it. */
export function maskText(text: string): string {
  return PATTERNS.reduce((rest, { pattern, shown }) => rest.replace(pattern, shown), text);
}

/**
 * A value of a document with `***` for what is, or looks like, a credential.
 *
 * @param path where it stands: keys, and the names of entries of lists
 */
export function maskValue(value: unknown, path: readonly string[]): Masked {
  const shown = mask(value, path);
  return { value: shown, masked: JSON.stringify(shown) !== JSON.stringify(value) };
}

function mask(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') return isCredential(path) && !ONLY_REFERENCES.test(value) ? MASK : maskText(value);
  if (Array.isArray(value)) return maskList(value, path);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, mask(inner, [...path, key])]);
  return Object.fromEntries(entries);
}

/** The name before a value says what it is: in `env.NAME`, and in `variables[NAME].value`. */
function isCredential(path: readonly string[]): boolean {
  const [list, name = '', key = ''] = [path.at(-3), path.at(-2), path.at(-1)];
  if (NAMED_VALUES.has(name)) return CREDENTIAL_NAME.test(key);
  return list === 'variables' && key === 'value' && CREDENTIAL_NAME.test(name);
}

/** `--password x` are two arguments; an entry with a name is known by it. */
function maskList(list: readonly unknown[], path: readonly string[]): readonly unknown[] {
  return list.map((entry, index) => {
    const before: unknown = list[index - 1];
    const isFlagged = typeof before === 'string' && /^--?[\w-]+$/.test(before) && CREDENTIAL_NAME.test(before);
    if (isFlagged && typeof entry === 'string' && !ONLY_REFERENCES.test(entry)) return MASK;
    return mask(entry, [...path, nameOf(entry)]);
  });
}

function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return '';
  return typeof entry.name === 'string' ? entry.name : '';
}
