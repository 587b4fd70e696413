import type { LimitSupport } from '../model/observed.ts';
import type { EngineCalls } from './calls.ts';
import { toLimitSupport } from './from-docker.ts';
import type { WireInfo } from './wire.ts';

/** Which limits an engine can enforce: asked once, and again on demand, as it may have come back on another kernel. */
export interface LimitReader {
  read(signal: AbortSignal): Promise<LimitSupport>;
  readAgain(signal: AbortSignal): Promise<LimitSupport>;
}

export function createLimitReader(calls: EngineCalls): LimitReader {
  let known: LimitSupport | undefined;
  const readAgain = async (signal: AbortSignal) => (known = toLimitSupport(await readInfo(calls, signal)));
  return { readAgain, read: async (signal) => known ?? (await readAgain(signal)) };
}

export async function readInfo(calls: EngineCalls, signal: AbortSignal): Promise<WireInfo> {
  return (await calls.answer({ method: 'GET', path: '/info', purpose: 'read what the engine is' }, signal)) as WireInfo;
}
