import type { LogOptions, LogRecord } from '../../docker/port.ts';
import { parseSize } from '../../spec/units.ts';
import { conflict } from '../protocol/errors.ts';
import { prefersLines } from '../protocol/negotiate.ts';
import { parseSelection } from '../protocol/query.ts';
import type { Answer, Route, View } from '../protocol/route.ts';
import { chainLogs, type LogChain } from './chain-logs.ts';
import { toFacts } from './facts.ts';
import { findContainer, specOf, type ContainerKind, type FoundContainer } from './find-container.ts';
import { findLogs, type FoundLogs } from './locate.ts';
import { parseLogQuery, type LogQuery } from './log-query.ts';
import { CONTAINERS } from './paths.ts';
import { toRefusal, type Sessions } from './sessions.ts';

const LINES = 'application/x-ndjson';

const DESCRIPTION = `Of the container that is there now, running or not, and before that what is kept of those it succeeded
(\`container-log-archive\`), oldest first: stdout and stderr together as text, or with \`Accept: ${LINES}\` a JSON object a
line, \`{time, stream, container, message}\`. Lines older than \`container-log-max-days\` are not shown, and a container with
\`container-log-size: 0B\` has none (409). With \`follow\` the answer goes on until the container ends.`;

/** What containers write (contract 5.3). */
export function logRoutes(sessions: Sessions): readonly Route[] {
  return CONTAINERS.map(({ kind, path, id }) => ({
    path: `${path}/logs`,
    audience: 'tenants',
    methods: {
      GET: {
        id: `getLogOf${id}`,
        summary: `What a${kind === 'container' ? ' container' : 'n init container'} wrote, and writes`,
        description: DESCRIPTION,
        role: 'logs',
        query: ['since', 'until', 'tail', 'follow', 'timestamps'],
        responses: { 200: { description: 'The lines', contentType: 'text/plain', stream: LINES } },
        errors: [409],
        answer: (view) => readLog(sessions, view, kind),
      },
    },
  }));
}

async function readLog(sessions: Sessions, view: View, kind: ContainerKind): Promise<Answer> {
  const found = findContainer(view, kind);
  const days = keptDays(found);
  const now = sessions.now();
  const logs = findLogs(found, sessions.host(), sessions.dryRun);
  const query = parseLogQuery(view.query, now);
  if (logs.container === undefined && query.follow)
    throw conflict(`${found.instance.name}: ${found.name} is not there yet`);
  parseSelection(view.query);
  const isLines = prefersLines(view.header('accept'));
  const toText = isLines ? (record: LogRecord) => toLine(record, found.name) : toPlain(query);
  const options = toOptions(query, days === undefined ? undefined : now - days * DAY_MS);
  const signal = view.signal();
  const facts = { ...toFacts(view, found, 'logs'), container: found.name };
  const conclude = await sessions.beginReading(facts);
  signal.addEventListener('abort', () => conclude(LEFT), { once: true });
  const records = await begin(sessions, signal, { logs, options }).catch((error: unknown) => {
    conclude(error instanceof Error ? error.message : String(error));
    throw error;
  });
  return {
    kind: 'stream',
    contentType: isLines ? `${LINES}; charset=utf-8` : 'text/plain; charset=utf-8',
    headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    chunks: textsOf(records, toText, conclude),
  };
}

const LEFT = 'the client or the daemon closed the session';

const DAY_MS = 86_400_000;

/** undefined: as long as there is room. @throws ApiError 409 where nothing is kept (contract 8.13) */
function keptDays(found: FoundContainer): number | undefined {
  const spec = specOf(found, found.kind, found.name);
  const size = spec?.['container-log-size'];
  if (size !== undefined && parseSize(size) === 0)
    throw conflict(`${found.instance.name}: ${found.name} keeps no log (container-log-size: ${size})`);
  return spec?.['container-log-max-days'];
}

function toOptions({ since, until, tail, follow }: LogQuery, oldest: number | undefined): LogOptions {
  const from = since === undefined || oldest === undefined ? (since ?? oldest) : Math.max(since, oldest);
  return {
    ...(from === undefined ? {} : { since: Math.max(0, from) }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined ? {} : { tail }),
    follow,
  };
}

interface Reading {
  readonly logs: FoundLogs;
  readonly options: LogOptions;
}

/** Longer nobody waits for the first line of a log that is followed: the answer begins without. */
const FIRST_LINE_MS = 500;

/** What the engine has against it is told before the answer begins. @throws ApiError 409 */
async function begin(
  sessions: Sessions,
  signal: AbortSignal,
  { logs, options }: Reading,
): Promise<AsyncIterable<LogRecord>> {
  const { kept } = logs;
  const leave = options.follow || kept.length > 0 ? sessions.followers.take() : () => undefined;
  signal.addEventListener('abort', leave, { once: true });
  const records = chainLogs(toChain(sessions, signal, { logs, options }), options.tail);
  const first = records.next();
  try {
    if (options.follow) await Promise.race([first, elapsed(FIRST_LINE_MS)]);
    else await first;
  } catch (error) {
    leave();
    throw toRefusal(error);
  }
  return from(first, records);
}

function toChain({ engine, owner }: Sessions, signal: AbortSignal, { logs, options }: Reading): LogChain {
  const { container, kept } = logs;
  const { since = 0, until, follow } = options;
  const read = (tail: number | undefined, goesOn: boolean) => {
    // One that was never started has nothing to be asked for.
    if (container === undefined || (container.startedAt === 0 && !goesOn)) return none();
    return engine.readLog(
      container.id,
      { ...options, ...(tail === undefined ? {} : { tail }), follow: goesOn },
      signal,
    );
  };
  const span = { owner, since, ...(until === undefined ? {} : { until }) };
  return {
    kept: kept
      .filter(({ endedAt }) => endedAt >= since)
      .map(
        ({ name }) =>
          () =>
            engine.readKeptLog(name, span, signal),
      ),
    current: (tail) => read(tail, follow),
    past: (tail) => read(tail, false),
  };
}

async function* none(): AsyncGenerator<never> {
  // Nothing.
}

async function* from(first: Promise<IteratorResult<LogRecord>>, rest: AsyncIterator<LogRecord>) {
  try {
    for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    void rest.return?.().catch(() => undefined);
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

async function* textsOf(
  records: AsyncIterable<LogRecord>,
  toText: (record: LogRecord) => string,
  conclude: (reason: string) => void,
) {
  try {
    for await (const record of records) yield toText(record);
    conclude('the log was read to its end');
  } finally {
    conclude('the log was not read to its end');
  }
}

function toPlain({ timestamps }: LogQuery): (record: LogRecord) => string {
  return ({ time, message }) => (timestamps ? `${time} ${message}\n` : `${message}\n`);
}

function toLine({ time, stream, message }: LogRecord, container: string): string {
  return `${JSON.stringify({ time, stream, container, message })}\n`;
}
