import { ClientError, parseJson } from './client-error.ts';
import { isRow } from './get-views.ts';

/** A line of a container's log, as the API tells it (contract 5.3). */
export interface LogLine {
  /** RFC 3339 in UTC, up to nanoseconds. */
  readonly time: string;
  readonly container: string;
  readonly message: string;
}

/** The lines in a stream of newline-delimited JSON, whole ones only. @throws ClientError */
export async function* logLines(pieces: AsyncIterable<string>): AsyncGenerator<LogLine, void> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield parseLine(line);
  }
}

function parseLine(text: string): LogLine {
  const value = parseJson(text);
  const { time, container, message } = isRow(value) ? value : {};
  if (typeof time === 'string' && typeof container === 'string' && typeof message === 'string')
    return { time, container, message };
  throw new ClientError('what the server sends are no lines of a log');
}

/** Negative: `a` is earlier. Fractions of a second may be written with any number of digits. */
export function compareTimes(a: string, b: string): number {
  const [first, second] = [sortable(a), sortable(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

function sortable(time: string): string {
  const [, whole = time, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return `${whole}.${fraction.padEnd(9, '0')}`;
}

/** Lines of several logs in the order of their times; each of the logs is in order itself. */
export async function* mergeByTime(logs: readonly AsyncGenerator<LogLine, void>[]): AsyncGenerator<LogLine, void> {
  const heads = await Promise.all(logs.map((log) => nextOf(log)));
  let waiting = heads.filter((head) => head !== undefined);
  while (waiting.length > 0) {
    const first = waiting.reduce((a, b) => (compareTimes(b.line.time, a.line.time) < 0 ? b : a));
    yield first.line;
    const next = await nextOf(first.log);
    waiting = waiting.flatMap((head) => (head !== first ? [head] : next === undefined ? [] : [next]));
  }
}

async function nextOf(log: AsyncGenerator<LogLine, void>) {
  const result = await log.next();
  return result.done === true ? undefined : { log, line: result.value };
}
