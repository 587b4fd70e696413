import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';

// Certificates for tests, written byte by byte (RFC 5280, DER): no program has to be there, and none is in the repository.

export interface TestCertificate {
  readonly commonName: string;
  /** PEM */
  readonly cert: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly expiresAt: number;
}

/** Of 127.0.0.1 and localhost, good for a day before and after now; its own authority where no issuer is named. */
export function makeCertificate(commonName = 'fairlead test', issuer?: TestCertificate): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authority = issuer?.key ?? privateKey.export({ type: 'pkcs8', format: 'pem' });
  const signature = sequence(oid(ECDSA_WITH_SHA256));
  const day = 86_400_000;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    signature,
    nameOf(issuer?.commonName ?? commonName),
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + day)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([0xff])))), subjectNames())),
  );
  const signed = sign('sha256', body, createPrivateKey(authority));
  const certificate = sequence(body, signature, der(0x03, Buffer.concat([Buffer.from([0]), signed])));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  const cert = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  const read = new X509Certificate(cert);
  return {
    commonName,
    cert,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint: read.fingerprint256,
    expiresAt: Date.parse(read.validTo),
  };
}

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
const SUBJECT_NAMES = [0x55, 0x1d, 0x11];

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
}

function subjectNames(): Buffer {
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  return extension(SUBJECT_NAMES, names);
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value));
}

function oid(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

/** `YYMMDDhhmmssZ` */
function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

/** Tag, length, content; lengths up to 64 KiB. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
