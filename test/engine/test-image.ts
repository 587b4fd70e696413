import { readFile } from 'node:fs/promises';
import { pack } from 'tar-stream';
import { openCalls, type EngineCalls } from '../../src/docker/calls.ts';
import { openTransport } from '../../src/docker/dockerode.ts';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import { TEST_IMAGE, TEST_IMAGE_2 } from '../contract/actions.ts';

/** Debian's busybox-static. */
const BUSYBOX = '/bin/busybox';
const APPLETS = ['cat', 'echo', 'env', 'httpd', 'id', 'ls', 'nc', 'nslookup', 'sh', 'sleep', 'test', 'true', 'wget'];

/** The engine tests work on: FAIRLEAD_TEST_DOCKER, for example `unix:///run/test/docker.sock`. */
export function testEndpoint(): string {
  const endpoint = process.env['FAIRLEAD_TEST_DOCKER'];
  if (endpoint) return endpoint;
  throw new Error('engine tests need FAIRLEAD_TEST_DOCKER=unix:///path/to/docker.sock; npm test sets it');
}

/** Makes the test images where they are missing: a static busybox under two tags with two ids. Nothing is pulled. */
export async function ensureTestImage(endpoint: string): Promise<void> {
  const docker = openDocker(parseEndpoint(endpoint));
  const calls = openCalls(openTransport(parseEndpoint(endpoint)));
  const signal = AbortSignal.timeout(60_000);
  for (const reference of [TEST_IMAGE, TEST_IMAGE_2]) {
    if ((await docker.inspectImage(reference, signal)) === undefined) await importBusybox(calls, reference, signal);
  }
}

async function importBusybox(calls: EngineCalls, reference: string, signal: AbortSignal): Promise<void> {
  const [repo = '', tag = ''] = reference.split(':');
  // The label makes the two images differ.
  const query = { fromSrc: '-', repo, tag, changes: [`LABEL tag=${tag}`, 'ENV PATH=/bin'] };
  const archive = await packBusybox();
  await calls.answer({ method: 'POST', path: '/images/create', query, archive, purpose: 'import busybox' }, signal);
}

async function packBusybox(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'bin/', type: 'directory', mode: 0o755 });
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, await readFile(BUSYBOX));
  for (const applet of APPLETS) tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' });
  tar.entry({ name: 'tmp/', type: 'directory', mode: 0o1777 });
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
