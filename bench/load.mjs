// Puts load on a server, from a process of its own: told what to do by messages of its parent, it answers each by one.
import { Agent, get } from 'node:http';
import autocannon from 'autocannon';

const agent = new Agent({ keepAlive: true });

process.on('message', async ({ kind, url, headers, ...how }) => {
  try {
    process.send(kind === 'rate' ? await rate({ url, headers, ...how }) : await times({ url, headers, ...how }));
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());

/** Requests per second. */
async function rate({ url, headers, connections, seconds, expected }) {
  const result = await autocannon({ url, headers, connections, duration: seconds });
  const { requests, errors, non2xx, statusCodeStats } = result;
  return { requests: requests.total, seconds: result.duration, failures: errors + non2xx - (expected === 304 ? (statusCodeStats['304']?.count ?? 0) : 0) };
}

/** Milliseconds from the request to the last byte, one request after the other. */
async function times({ url, headers, count }) {
  const taken = [];
  for (let index = 0; index < count; index += 1) taken.push(await time(url, headers));
  return { times: taken };
}

function time(url, headers) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers }, (response) => {
      response.on('end', () => resolve(performance.now() - began));
      response.on('error', reject);
      response.resume();
    });
    request.on('error', reject);
  });
}
