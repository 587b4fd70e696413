import { createHash } from 'node:crypto';
import { pack } from 'tar-stream';
import type { EngineCalls } from './calls.ts';
import { inspectImage } from './inspect.ts';
import { readLines } from './lines.ts';
import { DockerError } from './port.ts';
import { throwProgressError } from './pull.ts';
import { SANDBOX_BINARIES } from './sandbox-binaries.ts';

/** The image every sandbox and the lease run. The tag is made of the binaries, so new binaries are a new image. */
export const SANDBOX_IMAGE = `fairlead/sandbox:${createHash('sha256')
  .update(JSON.stringify(SANDBOX_BINARIES))
  .digest('hex')
  .slice(0, 12)}`;

/**
 * Makes the image on the engine where it is missing. One file, exec form, no user; the import itself names it, so
 * nothing is pulled.
 */
export async function importSandboxImage(calls: EngineCalls, reference: string, signal: AbortSignal): Promise<void> {
  if ((await inspectImage(calls, reference, signal)) !== undefined) return;
  const { Arch } = await calls.version(signal);
  const purpose = `import image ${reference}`;
  if (!isKnown(Arch)) throw new DockerError('refused', `cannot ${purpose}: there is no sandbox for ${Arch}`);
  const archive = await packFile('sandbox', Buffer.from(SANDBOX_BINARIES[Arch], 'base64'));
  const colon = reference.lastIndexOf(':');
  const query = {
    fromSrc: '-',
    repo: reference.slice(0, colon),
    tag: reference.slice(colon + 1),
    changes: ['ENTRYPOINT ["/sandbox"]'],
  };
  const progress = await calls.stream({ method: 'POST', path: '/images/create', query, archive, purpose }, signal);
  try {
    for await (const line of readLines(progress)) throwProgressError(line);
  } catch (error) {
    signal.throwIfAborted();
    throw new DockerError('refused', `cannot ${purpose}: ${String(error)}`, { cause: error });
  }
}

function isKnown(architecture: string): architecture is keyof typeof SANDBOX_BINARIES {
  return Object.hasOwn(SANDBOX_BINARIES, architecture);
}

async function packFile(name: string, content: Buffer): Promise<Buffer> {
  const tar = pack();
  // A fixed time: equal bytes make an equal layer on every engine.
  tar.entry({ name, mode: 0o755, mtime: new Date(0) }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
