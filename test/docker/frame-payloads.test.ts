import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPayloadReader } from '../../src/docker/frame-payloads.ts';

function toFrame(payload: Uint8Array): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('the payloads of an attach stream', () => {
  it('come in order and whole wherever its pieces end', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 60 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map(toFrame));
        const read = openPayloadReader();
        const received: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) received.push(...read(bytes.subarray(at, at + size)));
        expect(Buffer.concat(received)).toEqual(Buffer.concat(sent));
        expect(received.every((piece) => piece.length > 0)).toBe(true);
      }),
    );
  });

  it('are given before their frame has ended', () => {
    const read = openPayloadReader();
    const frame = toFrame(Buffer.from('hello'));
    expect(read(frame.subarray(0, 10)).map(String)).toEqual(['he']);
    expect(read(frame.subarray(10)).map(String)).toEqual(['llo']);
  });
});
