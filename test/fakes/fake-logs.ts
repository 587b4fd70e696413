import { DockerError, type KeptLogOptions, type LogOptions, type LogRecord } from '../../src/docker/port.ts';
import { isUp, type FakeContainer, type FakeLine } from './fake-container.ts';
import type { FakeEngine } from './fake-engine.ts';

/** What a fake engine answers DockerPort.readLog with. */
export async function* readFakeLog(
  engine: FakeEngine,
  container: FakeContainer,
  options: LogOptions,
  signal: AbortSignal,
): AsyncIterable<LogRecord> {
  const { logged, desired, id } = container;
  const why = 'its logging driver keeps nothing that could be read';
  if (desired.log.kind === 'none') throw new DockerError('conflict', `cannot read the log of container ${id}: ${why}`);
  const { since = -Infinity, until = Infinity, tail = Infinity, follow } = options;
  const isWanted = ({ at }: FakeLine) => at >= since && at <= until;
  let at = logged.length;
  const past = logged.filter(isWanted);
  for (const line of past.slice(Math.max(0, past.length - tail))) yield toRecord(line);
  while (follow && !signal.aborted) {
    for (; at < logged.length; at += 1) if (isWanted(logged[at]!)) yield toRecord(logged[at]!);
    if (!isUp(container)) return;
    await nextNews(engine, signal);
  }
}

/** What a fake engine answers DockerPort.readKeptLog with. @param lines `<time> <stream> F <text>` */
export function* readFakeKeptLog(
  lines: readonly string[],
  { since = -Infinity, until = Infinity }: KeptLogOptions,
): Iterable<LogRecord> {
  for (const line of lines) {
    const [, time = '', stream, text = ''] = /^(\S+) (stdout|stderr) F (.*)$/.exec(line) ?? [];
    const at = Date.parse(time);
    if (at < since || at > until) continue;
    yield toRecord({ at, text, stream: stream === 'stderr' ? 'stderr' : 'stdout' });
  }
}

/** Something was said or ended, or the reader has had enough. */
async function nextNews({ onSaid, onEnd }: FakeEngine, signal: AbortSignal): Promise<void> {
  let wake: () => void = () => undefined;
  const news = new Promise<void>((resolve) => (wake = resolve));
  onSaid.add(wake);
  onEnd.add(wake);
  signal.addEventListener('abort', wake);
  await news;
  onSaid.delete(wake);
  onEnd.delete(wake);
  signal.removeEventListener('abort', wake);
}

function toRecord({ at, text, stream }: FakeLine): LogRecord {
  return { time: new Date(at).toISOString().replace('Z', '000000Z'), stream, message: text };
}
