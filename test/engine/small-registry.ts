import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A registry with one image `web:1` of one file, for those who give the right name and password. */
export interface SmallRegistry {
  /** `ADDRESS:PORT` */
  readonly host: string;
  close(): Promise<void>;
}

/** Listens for plain HTTP on an address of this machine. */
export async function openSmallRegistry(
  address: string,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<SmallRegistry> {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const documents = await makeImage();
  const server = createServer((request, response) => {
    if (request.headers.authorization !== wanted) {
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
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface RegistryDocument {
  readonly type: string;
  readonly bytes: Buffer;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** By the path under `/v2/`. */
async function makeImage(): Promise<ReadonlyMap<string, RegistryDocument>> {
  const tar = pack();
  tar.entry({ name: 'hello' }, 'hello');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  const files = Buffer.concat(chunks);
  const layer = gzipSync(files);
  const rootfs = { type: 'layers', diff_ids: [digestOf(files)] };
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const config = toBytes({ architecture, os: 'linux', config: { Cmd: ['/hello'] }, rootfs });
  const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  const parts = { config: describe(CONFIG, config), layers: [describe(LAYER, layer)] };
  const manifest = toBytes({ schemaVersion: 2, mediaType: MANIFEST, ...parts });
  const json = 'application/json';
  return new Map([
    ['', { type: json, bytes: toBytes({}) }],
    ['web/manifests/1', { type: MANIFEST, bytes: manifest }],
    [`web/manifests/${digestOf(manifest)}`, { type: MANIFEST, bytes: manifest }],
    [`web/blobs/${digestOf(config)}`, { type: CONFIG, bytes: config }],
    [`web/blobs/${digestOf(layer)}`, { type: LAYER, bytes: layer }],
  ]);
}

function toBytes(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
