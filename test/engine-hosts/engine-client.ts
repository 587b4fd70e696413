import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** What a test asks of an engine. `query` and `json` become the URL's query and the body; `tar` is sent as a body. */
export interface EngineRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly tar?: Readable;
  readonly timeoutMs?: number;
}

/**
 * The tests' own, independent way to a Docker engine on a unix socket: what Fairlead says it did is checked without
 * Fairlead's adapter. Resolves to the body as text; rejects with the engine's message on a status of 400 and above.
 */
export async function askEngine(endpoint: string, path: string, options: EngineRequest = {}): Promise<string> {
  const response = await send(endpoint, path, options);
  const body = await text(response);
  const status = response.statusCode ?? 0;
  if (status >= 400) throw new Error(`${options.method ?? 'GET'} ${path}: ${status} ${body.trim()}`);
  return body;
}

async function send(endpoint: string, path: string, options: EngineRequest): Promise<IncomingMessage> {
  const { method = 'GET', query = {}, json, tar, timeoutMs = 60_000 } = options;
  const call = request({
    socketPath: endpoint.replace(/^unix:\/\//, ''),
    path: `${path}?${new URLSearchParams(query).toString()}`,
    method,
    headers: { 'content-type': tar ? 'application/x-tar' : 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  const sent = tar
    ? pipeline(tar, call)
    : Promise.resolve(call.end(json === undefined ? undefined : JSON.stringify(json)));
  const [[response]] = await Promise.all([answered, sent]);
  return response;
}

/** A folder (or what is named of it) as a tar stream; owners become root, as in an image. */
export function tarOf(directory: string, members: readonly string[] = ['.']): Readable {
  const tar = spawn('tar', ['--create', '--owner=0', '--group=0', '--directory', directory, ...members], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tar.once('error', (error) => tar.stdout.destroy(error));
  return tar.stdout;
}

/** Makes an image from a folder; `changes` are Dockerfile instructions such as `ENTRYPOINT ["/bin/sh"]`. */
export async function importImage(
  endpoint: string,
  image: { readonly repository: string; readonly tag: string; readonly directory: string; readonly changes?: string },
): Promise<void> {
  await askEngine(endpoint, '/images/create', {
    method: 'POST',
    query: { fromSrc: '-', repo: image.repository, tag: image.tag, changes: image.changes ?? '' },
    tar: tarOf(image.directory),
  });
}

/** Builds a Dockerfile with the engine's classic builder; rejects with the builder's words when a step fails. */
export async function buildImage(
  endpoint: string,
  build: { readonly tag: string; readonly context: Readable; readonly buildArgs?: Readonly<Record<string, string>> },
): Promise<void> {
  const output = await askEngine(endpoint, '/build', {
    method: 'POST',
    query: { t: build.tag, rm: '1', networkmode: 'none', buildargs: JSON.stringify(build.buildArgs ?? {}) },
    tar: build.context,
    timeoutMs: 120_000,
  });
  const failure = jsonLines(output).find((line) => typeof line['error'] === 'string');
  if (failure) throw new Error(`build of ${build.tag}: ${String(failure['error'])}\n${output.slice(-2000)}`);
}

/** What `runContainer` runs. `host` is the API's HostConfig; `files` are laid into the container before it starts. */
export interface ContainerRun {
  readonly image: string;
  readonly cmd: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly host?: Readonly<Record<string, unknown>>;
  readonly files?: { readonly directory: string; readonly at: string };
}

/** Runs a container to its end and removes it. */
export async function runContainer(
  endpoint: string,
  container: ContainerRun,
): Promise<{ exitCode: number; output: string }> {
  const created = await askEngine(endpoint, '/containers/create', {
    method: 'POST',
    // A terminal merges the two streams, so that the log comes without frames.
    json: {
      Image: container.image,
      Cmd: container.cmd,
      ...(container.entrypoint && { Entrypoint: container.entrypoint }),
      Tty: true,
      HostConfig: container.host ?? {},
    },
  });
  const { Id: id } = JSON.parse(created) as { Id: string };
  try {
    if (container.files) await putFiles(endpoint, id, container.files);
    await askEngine(endpoint, `/containers/${id}/start`, { method: 'POST' });
    const waited = await askEngine(endpoint, `/containers/${id}/wait`, { method: 'POST' });
    const output = await askEngine(endpoint, `/containers/${id}/logs`, { query: { stdout: '1', stderr: '1' } });
    const { StatusCode: exitCode } = JSON.parse(waited) as { StatusCode: number };
    return { exitCode, output: output.replaceAll('\r\n', '\n') };
  } finally {
    await askEngine(endpoint, `/containers/${id}`, { method: 'DELETE', query: { force: '1', v: '1' } });
  }
}

async function putFiles(endpoint: string, id: string, files: { directory: string; at: string }): Promise<void> {
  const tar = tarOf(files.directory, [`--transform=s,^\\.,${files.at.replace(/^\//, '')},`, '.']);
  await askEngine(endpoint, `/containers/${id}/archive`, { method: 'PUT', query: { path: '/' }, tar });
}

function jsonLines(output: string): Record<string, unknown>[] {
  return output
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
