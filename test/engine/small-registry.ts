import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A registry with one image, `web`, under tags. */
export interface SmallRegistry {
  /** `ADDRESS:PORT` */
  readonly host: string;
  /** Puts an image under a tag, in the place of what was there; resolves to its digest, `sha256:…`. */
  publish(tag: string, image: SmallImage): Promise<string>;
  close(): Promise<void>;
}

export interface SmallImage {
  /** As a tar. */
  readonly files: Readable;
  readonly cmd?: readonly string[];
}

export interface RegistryOptions {
  /** With it, who does not give the right name and password gets nothing. */
  readonly account?: { readonly user: string; readonly password: string };
  /** Of `web:1`, as a tar; one file unless told. */
  readonly files?: Readable;
}

/** Listens for plain HTTP on an address of this machine. There is a `web:1` already. */
export async function openSmallRegistry(
  address: string,
  { account, files = helloFiles() }: RegistryOptions,
): Promise<SmallRegistry> {
  const documents = new Map<string, RegistryDocument>([['', { type: JSON_TYPE, bytes: toBytes({}) }]]);
  const publish = async (tag: string, image: SmallImage) => {
    const { digest, parts } = await toDocuments(tag, image);
    for (const [path, document] of parts) documents.set(path, document);
    return digest;
  };
  await publish('1', { files });
  const server = createServer((request, response) => {
    if (account !== undefined && request.headers.authorization !== toBasic(account)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
      return;
    }
    const document = documents.get((request.url ?? '').replace(/^\/v2\//, ''));
    if (document === undefined) {
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
      return;
    }
    const head = { 'Content-Type': document.type, 'Docker-Content-Digest': digestOf(document.bytes) };
    response.writeHead(200, { ...head, 'Content-Length': document.bytes.length });
    response.end(request.method === 'HEAD' ? undefined : document.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `${address}:${port}`,
    publish,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface RegistryDocument {
  readonly type: string;
  readonly bytes: Buffer;
}

const JSON_TYPE = 'application/json';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

export interface PublishedImage {
  readonly digest: string;
  /** By the path under `/v2/`. */
  readonly parts: ReadonlyMap<string, RegistryDocument>;
}

export async function toDocuments(tag: string, { files, cmd = ['/hello'] }: SmallImage): Promise<PublishedImage> {
  const tar = await buffer(files);
  const layer = gzipSync(tar);
  const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] };
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const config = toBytes({ architecture, os: 'linux', config: { Cmd: cmd }, rootfs });
  const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  const described = { config: describe(CONFIG, config), layers: [describe(LAYER, layer)] };
  const manifest = toBytes({ schemaVersion: 2, mediaType: MANIFEST, ...described });
  const digest = digestOf(manifest);
  const parts = new Map([
    [`web/manifests/${tag}`, { type: MANIFEST, bytes: manifest }],
    [`web/manifests/${digest}`, { type: MANIFEST, bytes: manifest }],
    [`web/blobs/${digestOf(config)}`, { type: CONFIG, bytes: config }],
    [`web/blobs/${digestOf(layer)}`, { type: LAYER, bytes: layer }],
  ]);
  return { digest, parts };
}

function helloFiles(): Readable {
  const tar = pack();
  tar.entry({ name: 'hello' }, 'hello');
  tar.finalize();
  return Readable.from(tar as AsyncIterable<Buffer>);
}

function toBasic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function toBytes(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
