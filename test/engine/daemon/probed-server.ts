import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { nodeImage } from '../../engine-hosts/node-image.ts';
import type { ContainerSpec, VolumeSpec } from '../../../src/model/application-spec.ts';
import { SELF_SIGNED } from '../../probe/self-signed.ts';

// A server in an instance that answers probes as files on a shared desk tell it to, and writes down what it was asked.

/** What a probe is asked at: `name` says whose it is and names the file that makes it well. */
export interface ServedPort {
  readonly name: string;
  readonly kind: 'tcp' | 'http' | 'https';
  readonly port: number;
}

/** One request, as the server wrote it down. */
export interface ServedRequest {
  readonly name: string;
  readonly scheme: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Well while /desk/ok-NAME is there: http answers 204 and not 503, tcp listens and does not refuse. */
const PROGRAM = `
const fs = require('node:fs'), net = require('node:net'), http = require('node:http'), https = require('node:https');
const tls = { key: fs.readFileSync('/tls/key'), cert: fs.readFileSync('/tls/cert') };
const isWell = (name) => fs.existsSync('/desk/ok-' + name);
for (const { name, kind, port } of JSON.parse(process.argv[1])) {
  const answer = (request, response) => {
    const { url, headers } = request;
    fs.appendFileSync('/desk/requests', JSON.stringify({ name, scheme: kind, url, headers }) + '\\n');
    response.writeHead(isWell(name) ? 204 : 503).end();
  };
  if (kind === 'http') http.createServer(answer).listen(port);
  else if (kind === 'https') https.createServer(tls, answer).listen(port);
  else {
    let server;
    setInterval(() => {
      if (isWell(name) === (server !== undefined)) return;
      if (server) { server.close(); server = undefined; }
      else server = net.createServer((socket) => socket.destroy()).listen(port);
    }, 20);
  }
}
fs.writeFileSync('/desk/serving', '');
setInterval(() => {}, 1e6);
process.on('SIGTERM', () => process.exit(0));
`;

export const deskVolumes: readonly VolumeSpec[] = [
  { name: 'desk', 'ephemeral-volume': { size: '16MiB', medium: 'memory', 'file-mode': '0777' } },
  {
    name: 'tls',
    'config-map': {
      items: [
        { name: 'key', data: SELF_SIGNED.key },
        { name: 'cert', data: SELF_SIGNED.cert },
      ],
    },
  },
];

export const deskMount = { 'volume-name': 'desk', 'mount-path': '/desk' };

/** Needs `nodeImage` on the engine and `deskVolumes` in the service. */
export function probedServer(ports: readonly ServedPort[]): ContainerSpec {
  return {
    name: 'server',
    image: nodeImage,
    cmd: ['node', '-e', PROGRAM, JSON.stringify(ports)],
    mounts: [deskMount, { 'volume-name': 'tls', 'mount-path': '/tls', mode: 'read-only' }],
  };
}

/** A container that sleeps at the desk after a script. */
export function atDesk(name: string, script: string, probes: ContainerSpec['probes']): ContainerSpec {
  const cmd = ['sh', '-c', `${script}; exec sleep 100000`];
  return { name, image: busyboxImage, cmd, mounts: [deskMount], ...(probes && { probes }) };
}
