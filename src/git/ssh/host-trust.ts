import { GitError } from '../port.ts';
import {
  fingerprintOf,
  judgeHostKey,
  keptName,
  typeOf,
  type HostName,
  type KnownHost,
  type KnownHosts,
} from './known-hosts.ts';

export interface TrustedHost {
  readonly name: HostName;
  readonly known: KnownHosts;
  /** The known_hosts file, for what people are told. */
  readonly file: string;
}

/** undefined where the key is known for the host; else why it is not trusted, and what to do about it. */
export function refuseHostKey({ name, known, file }: TrustedHost, key: Buffer): GitError | undefined {
  const verdict = judgeHostKey(known, name, key);
  const shows = `it shows ${typeOf(key) ?? 'a key of no type'} ${fingerprintOf(key)}`;
  const kept = keptName(name);
  switch (verdict.kind) {
    case 'known':
      return undefined;
    case 'unknown':
      return untrusted(
        `the host key of ${kept} is not known: ${shows}. Compare that with what its operator publishes, then: ` +
          `${scan(name)} >> ${file}${hint(known)}`,
      );
    case 'changed':
      return untrusted(
        `the host key of ${kept} is another than the known one (${listed(verdict.known, file)}): ${shows}. Somebody may ` +
          `have come in between. Where its operator says that it changed: ssh-keygen -f ${file} -R '${kept}'; ` +
          `${scan(name)} >> ${file}`,
      );
    case 'revoked':
      return untrusted(`the host key of ${kept} is revoked in ${file}:${verdict.by.line}: ${shows}`);
    default:
      return verdict satisfies never;
  }
}

/** The server has no key of the types known for it, so there is none to compare. */
export function noKnownKey({ name, known, file }: TrustedHost): GitError {
  const types = [...new Set(known.entries.map(({ type }) => type))].join(', ');
  return untrusted(
    `${keptName(name)} has no host key of a type that is known for it (${file} holds ${types}). ` +
      `Where its operator says that its keys changed: ${scan(name)} >> ${file}`,
  );
}

function untrusted(sentence: string): GitError {
  return new GitError('untrusted', sentence);
}

function scan({ host, port }: HostName): string {
  return `ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${host}`;
}

function listed(known: readonly KnownHost[], file: string): string {
  const [first, ...others] = known;
  if (first === undefined) return file;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.type} ${fingerprintOf(first.key)}, ${file}:${first.line}${more}`;
}

/** A line that makes no sense may be the one that was meant. */
function hint({ entries, unreadable }: KnownHosts): string {
  const authorities = entries.filter(({ marker }) => marker === 'cert-authority').map(({ line }) => line);
  return [
    unreadable.length === 0 ? '' : ` (of that file, line ${unreadable[0]} makes no sense)`,
    authorities.length === 0 ? '' : ` (@cert-authority, line ${authorities[0]}, does not count here)`,
  ].join('');
}
