import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { fileReason } from '../../file-reason.ts';

/** A pair of files that cannot be used. The message is a sentence for the operator and holds nothing of a key. */
export class TlsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TlsError';
  }
}

export interface TlsFiles {
  /** PEM: the certificate of the server, then those of the authorities between it and one that clients trust. */
  readonly certFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
}

/** A certificate with its key, checked: a server can begin with it. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** Reads the pair anew. @throws TlsError */
export async function readTlsPair({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([readText(certFile, 'certificate'), readText(keyFile, 'key')]);
  const certificate = parseCertificate(cert, certFile);
  if (!certificate.checkPrivateKey(parseKey(key, keyFile)))
    throw new TlsError(`the key in ${keyFile} is not the one of the certificate in ${certFile}`);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new TlsError(`the certificates in ${certFile} cannot be used`);
  }
  return { cert, key, expiresAt: Date.parse(certificate.validTo) };
}

/** Changes with the content of either file; a file that is not there counts as ''. */
export async function versionOfFiles({ certFile, keyFile }: TlsFiles): Promise<string> {
  const seen = await Promise.all([certFile, keyFile].map((file) => stat(file).catch(() => undefined)));
  return seen.map((one) => (one === undefined ? '' : `${one.mtimeMs} ${one.size} ${one.ino}`)).join('\n');
}

async function readText(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new TlsError(`cannot read the ${what} ${file}: ${fileReason(error)}`);
  });
}

function parseCertificate(text: string, file: string): X509Certificate {
  // Of a chain the parser sees the first alone, and the rest may be on its way.
  const [begun, ended] = [/-----BEGIN /g, /-----END /g].map((mark) => text.match(mark)?.length);
  if (begun !== ended) throw new TlsError(`${file} ends in the middle of a certificate`);
  try {
    return new X509Certificate(text);
  } catch {
    throw new TlsError(`${file} holds no certificate in PEM form`);
  }
}

function parseKey(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new TlsError(`${file} holds no private key in PEM form, or one with a passphrase`);
  }
}
