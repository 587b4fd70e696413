import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { nameOf } from '../git-error.ts';
import { GitError } from '../port.ts';

/** What a server's certificate is checked against; undefined: what the runtime does by itself. */
export type Roots = SecureContext | undefined;

/**
 * The authorities the runtime knows, NODE_EXTRA_CA_CERTS among them, and those of the file. The file is read at each
 * call, and taken in anew when it has changed: the same roots as before are the same object.
 * @throws GitError 'untrusted' naming the file
 */
export function createRootSource(file: string | undefined, extraFile: string | undefined): () => Promise<Roots> {
  let former: { readonly text: string; readonly roots: SecureContext } | undefined;
  return async () => {
    if (file === undefined) return undefined;
    const own = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new GitError('untrusted', `the authorities of repository-ca cannot be read: ${file} (${nameOf(error)})`);
    });
    // The runtime has told of one that cannot be read, and goes without it.
    const extra = extraFile === undefined || extraFile === '' ? '' : await readFile(extraFile, 'utf8').catch(() => '');
    const text = `${own}\n${extra}`;
    if (former?.text !== text) {
      const ca = [...rootCertificates, ...certificatesOf(own, file), ...certificatesIn(extra).filter(isCertificate)];
      former = { text, roots: createSecureContext({ ca }) };
    }
    return former.roots;
  };
}

/** @throws GitError where one makes no sense, or there is none */
function certificatesOf(text: string, file: string): readonly string[] {
  const found = certificatesIn(text);
  if (found.length === 0) throw new GitError('untrusted', `${file} (repository-ca) holds no certificate in PEM form`);
  const bad = found.findIndex((each) => !isCertificate(each));
  if (bad >= 0) throw new GitError('untrusted', `certificate ${bad + 1} of ${file} (repository-ca) makes no sense`);
  return found;
}

function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
