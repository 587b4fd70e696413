import { LIST_TIMEOUT_MS, type EngineCalls } from './calls.ts';
import { toObservedImage } from './from-docker.ts';
import { isRefusal } from './docker-errors.ts';
import { inspectImage } from './inspect.ts';
import { DockerError, type DockerPort } from './port.ts';
import { pullImage } from './pull.ts';
import { importSandboxImage } from './sandbox-image.ts';
import type { WireImage } from './wire.ts';

type ImageCalls = Pick<
  DockerPort,
  'listImages' | 'inspectImage' | 'pullImage' | 'tagImage' | 'removeImage' | 'importSandboxImage'
>;

/** `configFile` is a Docker client's `config.json`, for pulls; absent: no credentials. */
const LIST = { method: 'GET', timeoutMs: LIST_TIMEOUT_MS } as const;

export function openImages(calls: EngineCalls, configFile: string | undefined): ImageCalls {
  return {
    listImages: async (signal) => {
      const images = await calls.answer({ ...LIST, path: '/images/json', purpose: 'list images' }, signal);
      return (images as readonly WireImage[]).map(toObservedImage);
    },
    inspectImage: async (reference, signal) => {
      const image = await inspectImage(calls, reference, signal);
      return image === undefined ? undefined : toObservedImage(image);
    },
    pullImage: (reference, signal) => pullImage(calls, configFile, reference, signal),
    tagImage: (reference, as, signal) => tagImage(calls, { reference, ...as }, signal),
    removeImage: (reference, signal) => removeImage(calls, reference, signal),
    importSandboxImage: (reference, signal) => importSandboxImage(calls, reference, signal),
  };
}

async function tagImage(
  calls: EngineCalls,
  { reference, name, tag }: { readonly reference: string; readonly name: string; readonly tag: string },
  signal: AbortSignal,
): Promise<void> {
  const purpose = `name image ${reference} ${name}:${tag}`;
  const path = `/images/${encodeURIComponent(reference)}/tag`;
  try {
    await calls.answer({ method: 'POST', path, query: { repo: name, tag }, purpose }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
    throw new DockerError('image-missing', `image ${reference} is not on the host`, { cause: error });
  }
}

async function removeImage(calls: EngineCalls, reference: string, signal: AbortSignal): Promise<void> {
  const purpose = `remove image ${reference}`;
  try {
    await calls.answer({ method: 'DELETE', path: `/images/${encodeURIComponent(reference)}`, purpose }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}
