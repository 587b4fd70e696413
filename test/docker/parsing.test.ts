import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiateApiVersion } from '../../src/docker/api-version.ts';
import { demux } from '../../src/docker/demux.ts';
import { formatEndpoint, parseEndpoint } from '../../src/docker/endpoint.ts';
import { toEngineEvent } from '../../src/docker/events.ts';
import { helperLabels } from '../../src/model/labels.ts';
import { parseImageReference } from '../../src/model/image-reference.ts';
import { readLines } from '../../src/docker/lines.ts';
import { parseRouteTable } from '../../src/docker/routes.ts';

describe('Docker endpoints', () => {
  it.each([
    ['unix:///var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
    ['tcp://host:2376', { kind: 'tcp', host: 'host', port: 2376 }],
    ['tcp://host:80', { kind: 'tcp', host: 'host', port: 80 }],
    ['tcp://host', { kind: 'tcp', host: 'host', port: 2375 }],
    ['http://10.0.0.1:2375/', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['tcp://[fd00::1]:2375', { kind: 'tcp', host: 'fd00::1', port: 2375 }],
  ])('%s is one', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
    expect(parseEndpoint(formatEndpoint(parseEndpoint(text)))).toEqual(endpoint);
  });

  it.each([
    ['ssh://host', /not supported yet/],
    ['https://host:2376', /not supported yet/],
    ['unix://relative', /absolute path/],
    ['/var/run/docker.sock', /not a Docker endpoint/],
    ['tcp://host:2375/path', /tcp:\/\/host:port/],
  ])('%s is refused with a sentence', (text, sentence) => {
    expect(() => parseEndpoint(text)).toThrow(sentence);
  });

  it('does not repeat a password', () => {
    expect(() => parseEndpoint('ssh://me:secret@host')).toThrow(/^(?!.*secret).*ssh:\/\/host$/);
  });
});

describe('the API version', () => {
  it.each([
    ['1.41', '1.41'],
    ['1.47', '1.47'],
    ['1.52', '1.47'],
  ])('of an engine with %s is %s', (ApiVersion, spoken) => {
    expect(negotiateApiVersion({ ApiVersion, MinAPIVersion: '1.24', Arch: 'amd64' })).toBe(spoken);
  });

  it('of an engine older than 20.10 is an error', () => {
    expect(() => negotiateApiVersion({ ApiVersion: '1.40', Arch: 'amd64' })).toThrow(/20\.10/);
  });

  it('of an engine that wants a newer client is an error', () => {
    const engine = { ApiVersion: '1.60', MinAPIVersion: '1.48', Arch: 'amd64' };
    expect(() => negotiateApiVersion(engine)).toThrow(/wants API 1\.48/);
  });
});

describe('image references', () => {
  it.each([
    ['nginx', 'docker.io', 'nginx', 'latest'],
    ['nginx:1.27', 'docker.io', 'nginx', '1.27'],
    ['acme/web:1', 'docker.io', 'acme/web', '1'],
    ['ghcr.io/acme/web', 'ghcr.io', 'ghcr.io/acme/web', 'latest'],
    ['registry:5000/web', 'registry:5000', 'registry:5000/web', 'latest'],
    ['Registry/web:1', 'Registry', 'Registry/web', '1'],
    ['localhost/web:1', 'localhost', 'localhost/web', '1'],
    ['web:1@sha256:ab', 'docker.io', 'web', 'sha256:ab'],
    ['index.docker.io/library/nginx', 'docker.io', 'index.docker.io/library/nginx', 'latest'],
  ])('%s', (reference, registry, name, tag) => {
    expect(parseImageReference(reference)).toEqual({ registry, name, tag });
  });
});

describe('the routes of a host', () => {
  it('are destinations as CIDRs, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'br-4938\t0000C90A\t00000000\t0001\t0\t0\t0\tC0FFFFFF\t0\t0\t0',
      'docker0\t00FB1FAC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      'eth1\t00FB1FAC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    ];
    expect(parseRouteTable(table.join('\n'))).toEqual(['10.201.0.0/26', '172.31.251.0/24']);
    expect(parseRouteTable('')).toEqual([]);
  });
});

describe('streams', () => {
  it('are cut into lines wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 })),
        fc.integer({ min: 1, max: 7 }),
        async (raw, size) => {
          const lines = raw.map((line) => line.replace(/\s/g, '_'));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          expect(await collect(readLines(chunksOf(bytes, size)))).toEqual(lines);
        },
      ),
    );
  });

  it('are demultiplexed wherever the chunks end', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })));
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 1, max: 30 }), async (sent, size) => {
        const bytes = Buffer.concat(sent.map(([channel, payload]) => frame(channel, payload)));
        const received = await collect(demux(Readable.from(chunksOf(bytes, size))));
        expect(received.map(({ channel, payload }) => [channel, [...payload]])).toEqual(
          sent.map(([channel, payload]) => [channel, [...payload]]),
        );
      }),
    );
  });
});

describe('events', () => {
  it('carry the owner of a container and the container of a network event', () => {
    const Attributes = { name: 'web', 'io.fairlead.owner': 'me' };
    const container = { Type: 'container', Action: 'die', Actor: { ID: '1', Attributes } };
    expect(toEngineEvent(container)).toEqual({ kind: 'container', action: 'die', id: '1', name: 'web', owner: 'me' });
    const network = {
      Type: 'network',
      Action: 'connect',
      Actor: { ID: '2', Attributes: { name: 'n', container: '1' } },
    };
    expect(toEngineEvent(network)).toEqual({ kind: 'network', action: 'connect', id: '2', name: 'n', container: '1' });
  });

  it('carry the reference of an image, which a pull has elsewhere than a tag', () => {
    const pull = { Type: 'image', Action: 'pull', Actor: { ID: 'web:1', Attributes: { name: 'web' } } };
    const tag = { Type: 'image', Action: 'tag', Actor: { ID: 'sha256:1', Attributes: { name: 'web:1' } } };
    expect(toEngineEvent(pull)).toEqual({ kind: 'image', action: 'pull', reference: 'web:1' });
    expect(toEngineEvent(tag)).toEqual({ kind: 'image', action: 'tag', reference: 'web:1' });
  });

  it('tell of volumes that come and go, not of those that are mounted', () => {
    const event = (Action: string) => toEngineEvent({ Type: 'volume', Action, Actor: { ID: 'acme.shop.web-1.data' } });
    expect(event('create')).toEqual({ kind: 'volume', action: 'create', name: 'acme.shop.web-1.data' });
    expect(event('destroy')).toMatchObject({ kind: 'volume', action: 'destroy' });
    expect(event('mount')).toBeUndefined();
  });

  it('of helpers are nothing', () => {
    const Attributes = { ...helperLabels('me'), name: 'fairlead.me.connect.1' };
    const start = { Type: 'container', Action: 'start', Actor: { ID: '1', Attributes } };
    expect(toEngineEvent(start)).toBeUndefined();
  });

  it('of other types are nothing', () => {
    expect(toEngineEvent({ Type: 'plugin', Action: 'enable', Actor: { ID: '1' } })).toBeUndefined();
  });
});

function frame(channel: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(channel, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function* chunksOf(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
