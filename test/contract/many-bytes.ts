import type { Readable, Writable } from 'node:stream';

/** So many times the same bytes, at the pace of who takes them, then the end. */
export async function writeRepeated(to: Writable, bytes: Buffer, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent += 1) {
    await new Promise<void>((resolve, reject) => to.write(bytes, (error) => (error ? reject(error) : resolve())));
  }
  to.end();
}

/** How many bytes came; rejects at the first that is not one of the repeated ones. */
export async function expectRepeated(from: Readable, bytes: Buffer): Promise<number> {
  let length = 0;
  for await (const chunk of from as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      const expected = bytes.subarray((length + at) % bytes.length);
      const piece = chunk.subarray(at, at + expected.length);
      if (!piece.equals(expected.subarray(0, piece.length))) throw new Error(`other bytes at ${length + at}`);
      at += piece.length;
    }
    length += chunk.length;
  }
  return length;
}
