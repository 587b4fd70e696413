import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { RegistryLogin } from '../docker/registry-credentials.ts';
import { parseImageReference } from '../model/image-reference.ts';
import type { FoundSignature } from '../signatures/image-signature.ts';
import { bundlesIn, layersIn, type SignatureLayer } from './manifests.ts';
import { RegistryError, type RegistryPort } from './port.ts';
import { openSession, type RegistryAnswer, type RegistryRequest, type RegistrySession } from './session.ts';

export interface RegistryOptions {
  /** undefined: there are no credentials for the registry. */
  readonly login: (registry: string, signal: AbortSignal) => Promise<RegistryLogin | undefined>;
  /** Whether it may be asked without a good certificate and over plain HTTP. */
  readonly isInsecure: (registry: string, signal: AbortSignal) => Promise<boolean>;
  readonly dispatcher: Dispatcher;
  /** For each answer; default: 15 s. */
  readonly timeoutMs?: number;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const IMAGES = [INDEX, DOCKER_LIST, MANIFEST, DOCKER].join(', ');
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** No image has a longer one, and registries take none. */
const MOST_MANIFEST = 4_194_304;
const MOST_SIGNATURE_MANIFEST = 1_048_576;
const MOST_SIGNATURE = 262_144;
/** What registries answer that know of no referrers. */
const UNKNOWN_REQUEST = [400, 404, 405, 406, 501];
/** Of one image and in one place: whoever may push may push junk without end. */
const MOST_SIGNATURES = 32;

export function openRegistry(options: RegistryOptions): RegistryPort {
  return {
    resolve: ({ name, tag }, signal) =>
      within(name, options, signal, async (session) => {
        const request = { path: `manifests/${tag}`, accept: IMAGES, mostBytes: MOST_MANIFEST };
        const head = await session.ask({ ...request, method: 'HEAD' });
        const told = head?.headers.get('docker-content-digest') ?? '';
        if (isDigest(told)) return told;
        const manifest = head && (await session.ask(request));
        if (manifest === undefined) throw new RegistryError('missing', `there is no ${name}:${tag}`);
        return digestOf(manifest.body);
      }),
    async *signaturesOf({ name, digest }, signal) {
      const session = await open(name, options, signal);
      try {
        const tag = digest.replace(':', '-');
        yield await readSignatures(session, `${tag}.sig`);
        for (const bundle of await findReferrers(session, digest)) yield await readSignatures(session, bundle);
      } finally {
        await session.close();
      }
    },
  };
}

async function open(name: string, options: RegistryOptions, signal: AbortSignal): Promise<RegistrySession> {
  const { registry } = parseImageReference(name);
  return openSession({
    registry,
    repository: name.slice(name.indexOf('/') + 1),
    login: () => options.login(registry, signal),
    isInsecure: await options.isInsecure(registry, signal),
    dispatcher: options.dispatcher,
    timeoutMs: options.timeoutMs,
    signal,
  });
}

async function within<T>(
  name: string,
  options: RegistryOptions,
  signal: AbortSignal,
  ask: (session: RegistrySession) => Promise<T>,
): Promise<T> {
  const session = await open(name, options, signal);
  try {
    return await ask(session);
  } finally {
    await session.close();
  }
}

/** Those in the layers of a manifest, by its tag or digest; [] where there is none. */
async function readSignatures(session: RegistrySession, reference: string): Promise<readonly FoundSignature[]> {
  const accept = `${MANIFEST}, ${DOCKER}`;
  const manifest = await askIfThere(session, {
    path: `manifests/${reference}`,
    accept,
    mostBytes: MOST_SIGNATURE_MANIFEST,
  });
  if (manifest === undefined) return [];
  const found: FoundSignature[] = [];
  for (const layer of layersIn(manifest.body).slice(0, MOST_SIGNATURES)) {
    const signature = await readLayer(session, layer);
    if (signature !== undefined) found.push(signature);
  }
  return found;
}

/** Docker Hub counts every GET of a manifest as a pull, and an image that is not signed is asked about again and again. */
async function askIfThere(session: RegistrySession, request: RegistryRequest): Promise<RegistryAnswer | undefined> {
  const isThere = (await session.ask({ ...request, method: 'HEAD' })) !== undefined;
  return isThere ? session.ask(request) : undefined;
}

/** One that is too long, gone or not what its digest says is none. */
async function readLayer(session: RegistrySession, layer: SignatureLayer): Promise<FoundSignature | undefined> {
  if (layer.size > MOST_SIGNATURE) return undefined;
  const blob = await session.ask({ path: `blobs/${layer.digest}`, mostBytes: MOST_SIGNATURE });
  if (blob === undefined || digestOf(blob.body) !== layer.digest) return undefined;
  return layer.signature === undefined
    ? { kind: 'bundle', text: blob.body }
    : { kind: 'simple-signing', payload: blob.body, signature: layer.signature };
}

/** Digests of what refers to the image and may be a signature: told by the registry, or in a tag where it cannot tell. */
async function findReferrers(session: RegistrySession, digest: string): Promise<readonly string[]> {
  const list = { accept: INDEX, mostBytes: MOST_MANIFEST };
  const path = `referrers/${digest}?artifactType=${encodeURIComponent(BUNDLE)}`;
  const told =
    (await session.ask({ path, ...list, absent: UNKNOWN_REQUEST })) ??
    (await askIfThere(session, { path: `manifests/${digest.replace(':', '-')}`, ...list }));
  return told === undefined ? [] : bundlesIn(told.body).slice(0, MOST_SIGNATURES);
}

function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
