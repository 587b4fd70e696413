import { createHash, createHmac } from 'node:crypto';

/** One line of a known_hosts file, sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownHost {
  /** From 1. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** Names, patterns and negated patterns, joined by commas; or one hashed name. */
  readonly hosts: string;
  /** `ssh-ed25519` */
  readonly type: string;
  /** The public key as the server shows it. */
  readonly key: Buffer;
}

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Numbers of lines that make no sense; ssh passes over them in silence. */
  readonly unreadable: readonly number[];
}

export interface HostName {
  readonly host: string;
  readonly port: number;
}

export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  /** Other keys are known for the host. */
  | { readonly kind: 'changed'; readonly known: readonly KnownHost[] }
  | { readonly kind: 'revoked'; readonly by: KnownHost };

/** Algorithms in which a server may show a key of that type. RSA with SHA-1 is not among them, as in OpenSSH since 8.8. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};
const DEFAULT_PORT = 22;

export function parseKnownHosts(text: string): KnownHosts {
  const entries: KnownHost[] = [];
  const unreadable: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const entry = parseLine(trimmed, index + 1);
    if (entry === undefined) unreadable.push(index + 1);
    else entries.push(entry);
  }
  return { entries, unreadable };
}

function parseLine(text: string, line: number): KnownHost | undefined {
  const words = text.split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
  const [hosts, type, encoded] = words;
  if (hosts === undefined || type === undefined || encoded === undefined) return undefined;
  if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') return undefined;
  const key = Buffer.from(encoded, 'base64');
  if (typeOf(key) !== type) return undefined;
  return { line, marker: marker === undefined ? undefined : toMarker(marker), hosts, type, key };
}

function toMarker(marker: '@revoked' | '@cert-authority'): KnownHost['marker'] {
  return marker === '@revoked' ? 'revoked' : 'cert-authority';
}

/** The type a public key itself says it is of, RFC 4253 6.6; undefined where it is no key. */
export function typeOf(key: Buffer): string | undefined {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return length === 0 || length > key.length - 4 ? undefined : key.toString('latin1', 4, 4 + length);
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Under which name a host is kept: with its port where that is not 22. */
export function keptName({ host, port }: HostName): string {
  return port === DEFAULT_PORT ? host : `[${host}]:${port}`;
}

/**
 * The algorithms for host keys to offer: those of the keys known for the host, in the order of the file, so that the
 * server shows a key that can be compared. Empty where none is known.
 */
export function algorithmsFor({ entries }: KnownHosts, name: HostName): readonly string[] {
  return [...new Set(knownFor(entries, name).flatMap(({ type }) => ALGORITHMS[type] ?? []))];
}

/** Every algorithm that is worth a look at a key nobody knows. */
export const ALL_ALGORITHMS: readonly string[] = Object.values(ALGORITHMS).flat();

/** What the file says of the key a host shows. A revoked key is refused wherever else it stands. */
export function judgeHostKey({ entries }: KnownHosts, name: HostName, key: Buffer): Verdict {
  const revoked = entries.filter(({ marker }) => marker === 'revoked');
  const by = revoked.find((entry) => entry.key.equals(key) && namesOf(name).some((each) => isFor(entry, each)));
  if (by !== undefined) return { kind: 'revoked', by };
  const known = knownFor(entries, name);
  if (known.length === 0) return { kind: 'unknown' };
  return known.some((entry) => entry.key.equals(key)) ? { kind: 'known' } : { kind: 'changed', known };
}

/** As ssh does: a key kept without a port counts for every port that has none of its own. */
function knownFor(entries: readonly KnownHost[], name: HostName): readonly KnownHost[] {
  const plain = entries.filter(({ marker }) => marker === undefined);
  for (const each of namesOf(name)) {
    const found = plain.filter((entry) => isFor(entry, each));
    if (found.length > 0) return found;
  }
  return [];
}

function namesOf(name: HostName): readonly string[] {
  return [...new Set([keptName(name), name.host])];
}

function isFor({ hosts }: KnownHost, name: string): boolean {
  if (hosts.startsWith('|')) return isHashOf(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  const negated = patterns.filter((each) => each.startsWith('!')).map((each) => each.slice(1));
  return !negated.some((each) => fits(each, name)) && patterns.some((each) => fits(each, name));
}

/** `|1|salt|hash`, made by `ssh-keygen -H`: HMAC-SHA1 of the name. */
function isHashOf(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` and `?` stand for any characters, ssh_config(5) PATTERNS. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => (part === '*' ? '.*' : part === '?' ? '.' : escape(part)));
  return new RegExp(`^${parts.join('')}$`, 's').test(name);
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
