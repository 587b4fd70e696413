import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ensurePrograms } from '../../scripts/setup.mjs';
import type { FoundSignature } from '../../src/signatures/image-signature.ts';
import { eventually } from '../eventually.ts';
import { digestOf, toDocuments, type SmallImage } from './small-registry.ts';

// A registry as people run it, from the package of the same name, which keeps images, and signatures where cosign puts them.

export const ACCOUNT = { user: 'me', password: 'pass:word-91' };
const HTPASSWD = 'me:$2b$04$anXpel1EDtHyzI8yXYFj.O3tAkGDcQ8vo4MFFR2UsET4BA.fQACGC\n';
const AUTHORIZATION = `Basic ${Buffer.from(`${ACCOUNT.user}:${ACCOUNT.password}`).toString('base64')}`;

export interface DebianRegistry {
  /** `ADDRESS:PORT` */
  readonly host: string;
  /** Puts an image under a tag of a repository; resolves to its digest. */
  publish(repository: string, tag: string, image: SmallImage): Promise<string>;
  /** Puts signatures beside an image, in the place of those that were there. */
  attach(repository: string, digest: string, signatures: readonly FoundSignature[]): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Listens for plain HTTP, for who has the account. `folder` is for its data. */
export async function startDebianRegistry(address: string, folder: string): Promise<DebianRegistry> {
  await ensurePrograms(['docker-registry']);
  const host = `${address}:${await freePort(address)}`;
  const config = join(folder, 'registry.yml');
  const htpasswd = join(folder, 'htpasswd');
  await writeFile(htpasswd, HTPASSWD);
  const settings = {
    version: '0.1',
    log: { accesslog: { disabled: true }, level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
    auth: { htpasswd: { realm: 'test', path: htpasswd } },
  };
  await writeFile(config, JSON.stringify(settings));
  const { ask, put } = clientOf(host);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    await eventually(() => ask('', { method: 'GET' }));
  }
  await start();
  return {
    host,
    async publish(repository, tag, image) {
      const { digest, parts } = await toDocuments(tag, image);
      const documents = [...parts].map(([path, document]) => ({ place: path.split('/').slice(1).join('/'), document }));
      for (const { place, document } of documents.filter(({ place: one }) => one.startsWith('blobs/')))
        await put.blob(repository, document.bytes, place.slice('blobs/'.length));
      const manifest = documents.find(({ place }) => place === `manifests/${tag}`)!.document;
      await put.manifest(repository, tag, manifest);
      return digest;
    },
    async attach(repository, digest, signatures) {
      const tag = digest.replace(':', '-');
      const layers = await Promise.all(
        signatures.flatMap((one) => (one.kind === 'simple-signing' ? [layerOf(repository, one)] : [])),
      );
      if (layers.length > 0) await put.manifest(repository, `${tag}.sig`, await manifestOf(repository, layers));
      const bundles = signatures.flatMap((one) => (one.kind === 'bundle' ? [one.text] : []));
      if (bundles.length > 0) await putReferrers(repository, digest, bundles);
    },
    start,
    async stop() {
      if (child?.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };

  async function layerOf(repository: string, { payload, signature }: FoundSignature & { kind: 'simple-signing' }) {
    await put.blob(repository, payload);
    const annotations = { 'dev.cosignproject.cosign/signature': signature };
    return { mediaType: SIMPLE, size: payload.length, digest: digestOf(payload), annotations };
  }

  async function manifestOf(repository: string, layers: readonly object[], more: object = {}) {
    const config = Buffer.from('{}');
    await put.blob(repository, config);
    const described = { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: digestOf(config) };
    const document = { schemaVersion: 2, mediaType: MANIFEST, config: described, layers, ...more };
    return { type: MANIFEST, bytes: Buffer.from(JSON.stringify(document)) };
  }

  /** This registry keeps no list of what refers to an image, so it stands under a tag (OCI distribution spec). */
  async function putReferrers(repository: string, digest: string, bundles: readonly Buffer[]): Promise<void> {
    const manifests = [];
    for (const bundle of bundles) {
      await put.blob(repository, bundle);
      const layer = { mediaType: BUNDLE, size: bundle.length, digest: digestOf(bundle) };
      const manifest = await manifestOf(repository, [layer], { artifactType: BUNDLE });
      const own = digestOf(manifest.bytes);
      await put.manifest(repository, own, manifest);
      manifests.push({ mediaType: MANIFEST, size: manifest.bytes.length, digest: own, artifactType: BUNDLE });
    }
    const type = 'application/vnd.oci.image.index.v1+json';
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests }));
    await put.manifest(repository, digest.replace(':', '-'), { type, bytes });
  }
}

function clientOf(host: string) {
  async function ask(path: string, init: RequestInit): Promise<Response> {
    const url = path.startsWith('http') ? path : `http://${host}/v2/${path}`;
    const headers = { ...(init.headers as Record<string, string> | undefined), authorization: AUTHORIZATION };
    const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
  const put = {
    async blob(repository: string, bytes: Buffer, digest = digestOf(bytes)) {
      const { headers } = await ask(`${repository}/blobs/uploads/`, { method: 'POST' });
      const location = new URL(headers.get('location')!);
      location.searchParams.set('digest', digest);
      const type = { 'content-type': 'application/octet-stream' };
      await ask(location.href, { method: 'PUT', headers: type, body: new Uint8Array(bytes) });
    },
    async manifest(repository: string, reference: string, { type, bytes }: { type: string; bytes: Buffer }) {
      const init = { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(bytes) };
      await ask(`${repository}/manifests/${reference}`, init);
    },
  };
  return { ask, put };
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}
