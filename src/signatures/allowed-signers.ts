import { parseSshKey, isSshKeyType, type SshKey } from './ssh-key.ts';
import { WireError } from './ssh-wire.ts';

/** A key that may sign, and for whom. */
export interface SshSigner {
  readonly key: SshKey;
  /** The principals of an `allowed_signers` line, or the comment of a public key. May be empty. */
  readonly name: string;
  /** ms since the epoch; undefined: for ever. */
  readonly validAfter: number | undefined;
  readonly validBefore: number | undefined;
}

/** A line that cannot be used; the message is a sentence without the file. */
export class SignerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SignerError';
  }
}

/**
 * A line of an `allowed_signers` file (ssh-keygen(1), section ALLOWED SIGNERS) or of a `.pub` file. undefined where the
 * line is empty, a comment, or a key that may sign other things than git's.
 * @throws SignerError
 */
export function parseSignerLine(line: string): SshSigner | undefined {
  const fields = splitFields(line);
  const [first] = fields;
  if (first === undefined || first.startsWith('#')) return undefined;
  if (looksLikeKeyType(first)) return { key: readKey(fields), name: fields.slice(2).join(' '), ...FOR_EVER };
  const [second = ''] = fields.slice(1);
  const hasOptions = !looksLikeKeyType(second);
  const key = readKey(fields.slice(hasOptions ? 2 : 1));
  const options = hasOptions ? parseOptions(second) : NO_OPTIONS;
  if (!options.mayGit) return undefined;
  return { key, name: first, validAfter: options.validAfter, validBefore: options.validBefore };
}

const FOR_EVER = { validAfter: undefined, validBefore: undefined };

interface Options {
  readonly mayGit: boolean;
  readonly validAfter: number | undefined;
  readonly validBefore: number | undefined;
}

const NO_OPTIONS: Options = { mayGit: true, ...FOR_EVER };

/** Fields are parted by white space; what stands between quotes is one, without them. */
function splitFields(line: string): readonly string[] {
  const fields = line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  return fields.map((field) => field.replaceAll('"', ''));
}

function looksLikeKeyType(word: string): boolean {
  return /^(ssh|ecdsa|sk)-[a-z0-9@.-]+$/.test(word);
}

function readKey([type = '', base64 = '']: readonly string[]): SshKey {
  if (!looksLikeKeyType(type)) throw new SignerError('is neither a public key nor a line of allowed_signers');
  if (!isSshKeyType(type)) throw new SignerError(`holds a key of type ${type}, which is not supported`);
  const blob = Buffer.from(base64, 'base64');
  try {
    const key = parseSshKey(blob);
    if (key.type !== type) throw new SignerError(`says ${type}, but its key is another type`);
    return key;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new SignerError(`holds a key that cannot be used: ${error.message}`);
  }
}

/** `namespaces="git,file",valid-after="20260101"`; quotes are gone, and namespaces hold commas themselves. */
function parseOptions(text: string): Options {
  let options = NO_OPTIONS;
  for (const option of text.split(/,(?=[a-z-]+=|cert-authority)/i)) {
    const [name = '', value = ''] = option.split(/=(.*)/s);
    switch (name.toLowerCase()) {
      case 'namespaces':
        options = { ...options, mayGit: matchesGit(value) };
        break;
      case 'valid-after':
        options = { ...options, validAfter: parseTime(value) };
        break;
      case 'valid-before':
        options = { ...options, validBefore: parseTime(value) };
        break;
      case 'cert-authority':
        throw new SignerError('names a certificate authority, which is not supported: name the keys themselves');
      default:
        throw new SignerError(`has an option that is not known: ${name}`);
    }
  }
  return options;
}

/** A list of patterns, as ssh_config(5) has them: a match of one with `!` before it wins. */
function matchesGit(patterns: string): boolean {
  const matched = patterns.split(',').filter((pattern) => {
    const glob = pattern.replace(/^!/, '').replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test('git');
  });
  return matched.length > 0 && !matched.some((pattern) => pattern.startsWith('!'));
}

/** `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`; in the time zone of the machine, as ssh-keygen, unless `Z` follows. */
function parseTime(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z)?$/.exec(text);
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone = ''] = match ?? [];
  const time = Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour}:${minute}:${second}${zone}`);
  if (Number.isNaN(time)) throw new SignerError(`"${text}" is no time (examples: 20270101, 202701012359Z)`);
  return time;
}
