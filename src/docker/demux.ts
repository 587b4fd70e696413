import type { Readable } from 'node:stream';

/**
 * Payloads of an attach or log stream without a terminal: frames of an 8-byte header (stream, 0, 0, 0, length) and the
 * payload. A generator of our own: docker-modem's recurses once a frame and ignores backpressure.
 */
export async function* demux(stream: Readable): AsyncIterable<{ readonly channel: number; readonly payload: Buffer }> {
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    buffered = Buffer.concat([buffered, chunk]);
    let at = 0;
    while (at + 8 <= buffered.length) {
      const end = at + 8 + buffered.readUInt32BE(at + 4);
      if (end > buffered.length) break;
      yield { channel: buffered.readUInt8(at), payload: buffered.subarray(at + 8, end) };
      at = end;
    }
    buffered = buffered.subarray(at);
  }
}
