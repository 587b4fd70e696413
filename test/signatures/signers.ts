import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { testEnvironment } from '../git/git-repo.ts';

const run = promisify(execFile);

/** Somebody who signs, with a real key of the real program. */
export interface Signer {
  /** For `git`, before the command. */
  readonly config: readonly string[];
  /** For a file of trusted keys. */
  readonly publicKey: string;
  /** As it stands in verdicts. */
  readonly fingerprint: string;
}

export type SshType = 'ed25519' | 'rsa' | 'ecdsa-256' | 'ecdsa-384' | 'ecdsa-521';

/** A key that `ssh-keygen` makes in the folder. */
export async function createSshSigner(folder: string, name: string, type: SshType = 'ed25519'): Promise<Signer> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, name);
  const [kind = type, bits] = type === 'rsa' ? ['rsa', '2048'] : type.split('-');
  const size = bits === undefined ? [] : ['-b', bits];
  await run('ssh-keygen', ['-q', '-t', kind, ...size, '-N', '', '-C', `${name}@example.com`, '-f', file]);
  const fingerprint = await run('ssh-keygen', ['-l', '-f', file]);
  return {
    config: ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${file}`],
    publicKey: await readFile(`${file}.pub`, 'utf8'),
    fingerprint: /SHA256:\S+/.exec(fingerprint.stdout)?.[0] ?? '',
  };
}

export interface GnuPg {
  /** `expires`: as gpg takes it (`0` never, `2d`, a date). */
  createSigner(name: string, algorithm?: string, expires?: string): Promise<Signer>;
  /** A subkey that signs, made after the public key was exported. */
  addSigningSubkey(signer: Signer): Promise<Signer>;
  /** The public key as it is now, with what was added or revoked. */
  exportKey(signer: Signer): Promise<string>;
  /** Revokes the key and exports it. */
  revoke(signer: Signer): Promise<string>;
  /** Makes the key live longer and exports it. */
  prolong(signer: Signer, expires: string): Promise<string>;
  /** The same signer, with further flags for gpg. */
  withFlags(signer: Signer, ...flags: readonly string[]): Promise<Signer>;
  close(): Promise<void>;
}

/** A key ring of its own: nothing of the user's is read or written. The path must be short, for the agent's socket. */
export async function openGnuPg(home: string): Promise<GnuPg> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const env = { ...testEnvironment(), GNUPGHOME: home };
  const gpg = async (...args: readonly string[]) => {
    const quiet = ['--batch', '--yes', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''];
    return (await run('gpg', [...quiet, ...args], { env })).stdout;
  };
  let programs = 0;
  const program = async (...flags: readonly string[]) => {
    programs += 1;
    const file = path.join(home, `gpg-${programs}`);
    const words = ['exec', 'gpg', '--homedir', home, '--no-tty', ...flags].map((word) => `'${word}'`);
    await writeFile(file, `#!/bin/sh\n${words.join(' ')} "$@"\n`, { mode: 0o755 });
    return file;
  };
  const signerOf = async (key: string, flags: readonly string[] = []): Promise<Signer> => ({
    config: ['-c', `gpg.program=${await program(...flags)}`, '-c', `user.signingkey=${key}`],
    publicKey: await gpg('--armor', '--export', key.replace('!', '')),
    fingerprint: key.replace('!', ''),
  });
  const fingerprints = async () =>
    [...(await gpg('--list-keys', '--with-colons', '--with-subkey-fingerprint')).matchAll(/^fpr:+([0-9A-F]+):/gm)].map(
      ([, found = '']) => found,
    );
  const newest = async (before: readonly string[]) =>
    (await fingerprints()).find((found) => !before.includes(found)) ?? '';
  return {
    async createSigner(name, algorithm = 'ed25519', expires = '0') {
      const before = await fingerprints();
      await gpg('--quick-generate-key', `${name} <${name}@example.com>`, algorithm, 'sign', expires);
      return await signerOf(await newest(before));
    },
    async addSigningSubkey({ fingerprint }) {
      const before = await fingerprints();
      await gpg('--quick-add-key', fingerprint, 'ed25519', 'sign', '0');
      return await signerOf(`${await newest(before)}!`);
    },
    exportKey: ({ fingerprint }) => gpg('--armor', '--export', fingerprint),
    async revoke({ fingerprint }) {
      const folder = path.join(home, 'openpgp-revocs.d');
      const name = (await readdir(folder)).find((file) => file.startsWith(fingerprint)) ?? '';
      const certificate = await readFile(path.join(folder, name), 'utf8');
      const file = path.join(home, 'revocation.asc');
      await writeFile(file, certificate.replace(/^:---/m, '---'));
      await gpg('--import', file);
      return await gpg('--armor', '--export', fingerprint);
    },
    async prolong({ fingerprint }, expires) {
      await gpg('--quick-set-expire', fingerprint, expires);
      return await gpg('--armor', '--export', fingerprint);
    },
    withFlags: ({ fingerprint }, ...flags) => signerOf(fingerprint, flags),
    async close() {
      await run('gpgconf', ['--kill', 'all'], { env });
    },
  };
}
