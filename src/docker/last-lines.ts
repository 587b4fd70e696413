import { stripVTControlCharacters } from 'node:util';
import type { ObservedContainer } from '../model/observed.ts';
import type { EngineCalls } from './calls.ts';
import { armDeadline } from './deadline.ts';
import { demux } from './demux.ts';

const KEPT_LINES = 5;
/** Of one that is up again: what it said since has to be cut off. */
const LINES_BEFORE_RESTART = 50;
/** All lines together, in UTF-8. */
const KEPT_BYTES = 1024;
const TIMEOUT_MS = 5_000;

export interface LogEnd {
  /** Of the container. */
  readonly id: string;
  /** Only what was logged before, ms since the epoch; absent: everything. */
  readonly before?: number;
}

/**
 * The last lines a container logged, at most 1 KiB, without control characters. [] when the engine keeps no log of it, or
 * does not tell: that is never a reason not to see a container.
 */
export async function readLastLines(
  calls: EngineCalls,
  { id, before }: LogEnd,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = `/containers/${encodeURIComponent(id)}/logs`;
  const query = { stdout: '1', stderr: '1', ...toSpan(before) };
  const deadline = armDeadline(signal, TIMEOUT_MS);
  try {
    const purpose = `read the log of container ${id}`;
    const stream = await calls.stream({ method: 'GET', path, query, purpose }, deadline.signal);
    const payloads: Buffer[] = [];
    for await (const { payload } of demux(stream)) payloads.push(payload);
    return toLastLines(Buffer.concat(payloads).toString());
  } catch {
    return [];
  } finally {
    deadline.disarm();
  }
}

function toSpan(before: number | undefined): Readonly<Record<string, string>> {
  if (before === undefined) return { tail: String(KEPT_LINES) };
  return { tail: String(LINES_BEFORE_RESTART), until: (before / 1000).toFixed(3) };
}

/**
 * Where the log of a container's latest ended life ends. Both times are a little late: the engine reads on after the end,
 * and a process writes before its start is noted. A restart comes 100 ms after an end or later, so the middle separates
 * the two lives. By its status, not by the times: what ends at once may have ended before its start was noted.
 */
export function toLogEnd({
  id,
  status,
  startedAt,
  finishedAt,
}: Pick<ObservedContainer, 'id' | 'status' | 'startedAt' | 'finishedAt'>): LogEnd {
  const isUp = status === 'running' || status === 'paused';
  return isUp ? { id, before: (startedAt + finishedAt) / 2 } : { id };
}

/** The last lines of a log that are not blank, as they may be shown on a terminal or a page. */
export function toLastLines(log: string): readonly string[] {
  const lines = log
    .split('\n')
    .map((line) =>
      stripVTControlCharacters(line)
        .replaceAll(/\p{Cc}/gu, '')
        .trimEnd(),
    )
    .filter((line) => line !== '')
    .slice(-KEPT_LINES);
  const kept: string[] = [];
  let room = KEPT_BYTES;
  for (const line of lines.reverse()) {
    const cut = cutToBytes(line, room);
    if (cut === '') break;
    kept.unshift(cut);
    room -= Buffer.byteLength(cut);
  }
  return kept;
}

/** The beginning of a text that fits; no character is split. */
function cutToBytes(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  return new TextDecoder().decode(buffer.subarray(0, bytes), { stream: true });
}
