import type { EngineCalls } from './calls.ts';
import { isRefusal } from './docker-errors.ts';
import type { WireContainer, WireImage } from './wire.ts';

/** The engine's own words on a container; undefined when there is none of this id or name. */
export async function inspectContainer(
  calls: EngineCalls,
  idOrName: string,
  signal: AbortSignal,
): Promise<WireContainer | undefined> {
  const call = { path: `/containers/${encodeURIComponent(idOrName)}/json`, purpose: `inspect container ${idOrName}` };
  return (await inspect(calls, call, signal)) as WireContainer | undefined;
}

/** The engine's own words on an image; undefined when it is not on the host. */
export async function inspectImage(
  calls: EngineCalls,
  reference: string,
  signal: AbortSignal,
): Promise<WireImage | undefined> {
  const call = { path: `/images/${reference}/json`, purpose: `inspect image ${reference}` };
  return (await inspect(calls, call, signal)) as WireImage | undefined;
}

async function inspect(
  calls: EngineCalls,
  call: { readonly path: string; readonly purpose: string },
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await calls.answer({ method: 'GET', ...call }, signal);
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}
