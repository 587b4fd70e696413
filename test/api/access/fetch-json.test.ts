import { createServer, type ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { fetchJson } from '../../../src/api/access/fetch-json.ts';

const never = new AbortController().signal;

/** The address of a server on this machine. */
async function serveOnce(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/`;
}

it('what is fetched is JSON', async () => {
  expect(await fetchJson(await serveOnce((response) => response.end('{"keys":[]}')), never)).toEqual({ keys: [] });
  const page = await serveOnce((response) => response.end('<html>s3cret'));
  await expect(fetchJson(page, never)).rejects.toThrow(`${page} did not answer with JSON`);
});

it('no redirect is followed: keys come from where the file says', async () => {
  let followed = false;
  const other = await serveOnce((response) => {
    followed = true;
    response.end('{}');
  });
  const first = await serveOnce((response) => response.writeHead(302, { location: other }).end());
  await expect(fetchJson(first, never)).rejects.toThrow();
  expect(followed).toBe(false);
});

it('an answer without end is left when it is too long', async () => {
  const chunk = ' '.repeat(64 * 1024);
  const url = await serveOnce((response) => {
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  await expect(fetchJson(url, never)).rejects.toThrow(`${url} answered more than 512 KiB`);
});

it('a question ends with the daemon', async () => {
  const stopping = new AbortController();
  const url = await serveOnce(() => stopping.abort());
  await expect(fetchJson(url, stopping.signal)).rejects.toThrow(/abort/);
});
