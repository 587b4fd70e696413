import { request } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { orAborted } from '../docker/deadline.ts';
import type { ProbeAnswer } from '../health/container-health.ts';
import type { ProbeQuestion } from '../model/probes.ts';
import { failure, SUCCESS, UNKNOWN } from './answers.ts';
import type { Question } from './question.ts';
import type { ResolveAddress } from './resolve-address.ts';

type HttpQuestion = ProbeQuestion & { readonly kind: 'http' };

const DEFAULT_PORT = { http: 80, https: 443 } as const;
const USER_AGENT = 'fairlead-probe';

/** Success is a status from 200 to 399. No redirect is followed, no certificate is checked, and no body is read. */
export function createHttpQuestion(question: HttpQuestion, resolveAddress: ResolveAddress): Question {
  const { scheme, host, port, path } = question;
  // Without the query, which may hold a secret.
  const subject = (address: string) => `GET ${scheme}://${host ?? address}:${port}${rooted(path).replace(/\?.*/s, '')}`;
  return {
    subject,
    async put({ dial, address, signal }) {
      if (host === undefined && address === '') return UNKNOWN;
      const target = await resolveAddress(host ?? address, signal);
      const connection = await dial(target, port, signal);
      connection.on('error', () => undefined);
      const headers = headersOf(question, address);
      try {
        const stream = scheme === 'https' ? wrapInTls(connection, headers['host'] ?? '') : connection;
        const status = await orAborted(readStatus(stream, rooted(path), headers), signal);
        return answerTo(status, subject(address));
      } catch (error) {
        // The connection knows best why it broke.
        throw connection.errored ?? error;
      } finally {
        connection.destroy();
      }
    },
    leave: () => undefined,
  };
}

function answerTo(status: number, subject: string): ProbeAnswer {
  return status >= 200 && status < 400 ? SUCCESS : failure(`${subject}: answered ${status}`);
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** Names in lower case; those of the specification beat ours. */
function headersOf({ scheme, host, port, headers }: HttpQuestion, address: string): Record<string, string> {
  const name = host ?? address;
  const authority = port === DEFAULT_PORT[scheme] ? name : `${name}:${port}`;
  const given = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value] as const);
  return {
    host: authority,
    'user-agent': USER_AGENT,
    accept: '*/*',
    connection: 'close',
    ...Object.fromEntries(given),
  };
}

/** As kubelet does: whoever answers there is right. A server of many names is told which one is meant. */
function wrapInTls(connection: Duplex, authority: string): Duplex {
  const name = authority.replace(/:\d+$/, '');
  const servername = isIP(name) === 0 && name !== '' ? { servername: name } : {};
  return connectTls({ socket: connection, rejectUnauthorized: false, ...servername });
}

/** Everything ends with the head of the answer. */
function readStatus(connection: Duplex, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    // The request listens only later, and not to the end: nothing a server says may end this process.
    connection.on('error', reject);
    const asked = request({ createConnection: () => connection, path, headers, method: 'GET' });
    asked.on('error', reject);
    asked.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      asked.destroy();
    });
    asked.on('upgrade', () => resolve(101));
    asked.end();
  });
}
