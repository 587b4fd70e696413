import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFrameReader, toFrameBytes, type IncomingFrame } from '../../src/docker/relay-frames.ts';

describe('the frames of the relay', () => {
  it('are read wherever the pieces end', () => {
    const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 0xffffffff }), fc.uint8Array({ maxLength: 40 })));
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 30 }), (sent, size) => {
        const bytes = Buffer.concat(
          sent.map(([id, payload]) => toFrameBytes(id, { kind: 'data', payload: Buffer.from(payload) })),
        );
        const read: IncomingFrame[] = [];
        const take = openFrameReader((frame) => read.push(frame));
        for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size));
        expect(read).toEqual(
          sent.map(([id, payload]) => ({
            kind: 'connection',
            id,
            frame: { kind: 'data', payload: Buffer.from(payload) },
          })),
        );
      }),
    );
  });

  it('open a connection with credit, protocol, port and address in network order', () => {
    const target = { protocol: 'tcp', address: Buffer.from([10, 201, 0, 2]), port: 8080 } as const;
    const tcp = toFrameBytes(7, { kind: 'open', target, credit: 131_072 });
    expect(tcp.toString('hex')).toBe('0200000c' + '00000007' + '00020000' + '06001f90' + '0ac90002');
    const udp = toFrameBytes(7, { kind: 'open', target: { ...target, protocol: 'udp' }, credit: 131_072 });
    expect(udp.toString('hex')).toBe('0200000c' + '00000007' + '00020000' + '11001f90' + '0ac90002');
  });

  it('of an unknown type are an error', () => {
    const bytes = toFrameBytes(1, { kind: 'end' });
    bytes.writeUInt8(99, 0);
    expect(() => openFrameReader(() => undefined)(bytes)).toThrow('unknown type 99');
  });
});
