import type { ServerResponse } from 'node:http';
import { startDouble, fail, type ApiDouble, type DoubleOptions, type Refusal } from './api-double.ts';

export interface LoggedLine {
  readonly time: string;
  readonly message: string;
}

export interface LogServer extends ApiDouble {
  /** Something is logged: it is kept, and those who follow are told. */
  readonly log: (container: string, line: LoggedLine) => void;
  /** Queries of the requests for logs, by container. */
  readonly queries: readonly (readonly [string, Readonly<Record<string, string>>])[];
  /** Ends the streams of those who follow, in order. */
  readonly end: () => void;
  readonly followers: () => number;
}

export interface LogServerOptions extends DoubleOptions {
  readonly logs?: Record<string, LoggedLine[]>;
  readonly refusals?: Readonly<Record<string, Refusal>>;
}

/** Serves logs as the API does: from `since` on, that time included, cut to milliseconds, to `until`; oldest first. */
export async function startLogServer({ logs = {}, refusals = {}, ...options }: LogServerOptions): Promise<LogServer> {
  const queries: (readonly [string, Readonly<Record<string, string>>])[] = [];
  const following = new Map<ServerResponse, string>();

  const double = await startDouble({
    ...options,
    answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://double');
      const [, name = ''] = /\/([^/]+)\/logs$/.exec(pathname) ?? [];
      if (name === '') return options.answer?.(request, response) ?? false;
      queries.push([name, Object.fromEntries(searchParams)]);
      const refusal = refusals[name];
      if (refusal !== undefined) {
        fail(response, refusal);
        return true;
      }
      response.writeHead(200, { 'content-type': request.headers.accept ?? '' });
      response.flushHeaders();
      response.write(
        chosen(logs[name] ?? [], searchParams)
          .map((line) => toText(name, line))
          .join(''),
      );
      if (searchParams.get('follow') !== 'true') response.end();
      else following.set(response, name);
      response.once('close', () => following.delete(response));
      return true;
    },
  });

  return {
    ...double,
    queries,
    followers: () => following.size,
    log(container, line) {
      (logs[container] ??= []).push(line);
      for (const [response, name] of following) if (name === container) response.write(toText(name, line));
    },
    end() {
      for (const response of following.keys()) response.end();
      following.clear();
    },
  };
}

function chosen(lines: readonly LoggedLine[], query: URLSearchParams): readonly LoggedLine[] {
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
  const until = Date.parse(query.get('until') ?? '9999-01-01T00:00:00Z');
  const tail = query.get('tail');
  const late = lines.filter(({ time }) => Date.parse(time) >= since && Date.parse(time) < until);
  return tail === null ? late : late.slice(-Number(tail));
}

function toText(container: string, { time, message }: LoggedLine): string {
  return `${JSON.stringify({ time, stream: 'stdout', container: `acme.shop.web-1.${container}`, message })}\n`;
}
