import { TEST_IMAGE, TEST_IMAGE_2 } from '../contract/actions.ts';
import { importBusybox } from '../engine-hosts/busybox-image.ts';
import { askEngine } from '../engine-hosts/engine-client.ts';

/** The engine tests work on: FAIRLEAD_TEST_DOCKER, for example `unix:///run/test/docker.sock`. */
export function testEndpoint(): string {
  const endpoint = process.env['FAIRLEAD_TEST_DOCKER'];
  if (endpoint) return endpoint;
  throw new Error('engine tests need FAIRLEAD_TEST_DOCKER=unix:///path/to/docker.sock; npm test sets it');
}

/** Makes the test images where they are missing: busybox under two tags with two ids. Nothing is pulled. */
export async function ensureTestImage(endpoint: string): Promise<void> {
  const images = JSON.parse(await askEngine(endpoint, '/images/json')) as { readonly RepoTags: string[] | null }[];
  const tags = new Set(images.flatMap(({ RepoTags }) => RepoTags ?? []));
  for (const reference of [TEST_IMAGE, TEST_IMAGE_2])
    if (!tags.has(reference)) await importBusybox(endpoint, reference);
}
