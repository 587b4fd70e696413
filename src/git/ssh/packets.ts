import { GitError } from '../port.ts';

/** Offers of a server with 100,000 refs are a tenth of that. */
const MAX_OFFER_BYTES = 64 * 1024 * 1024;
const LENGTH_BYTES = 4;

export interface Packets {
  /** The bytes up to and with the next flush packet, gitprotocol-common(5); undefined where they end before. */
  untilFlush(): Promise<Uint8Array | undefined>;
  /** What is left, as it comes. */
  rest(): AsyncIterable<Uint8Array>;
}

/** Reads the answers of git-upload-pack. `onBytes` is called for each chunk that came. */
export function createPackets(chunks: AsyncIterator<Uint8Array>, onBytes: (bytes: number) => void): Packets {
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const next: IteratorResult<Uint8Array, unknown> = await chunks.next();
    if (next.done === true) return false;
    onBytes(next.value.byteLength);
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value]);
    return true;
  }

  async function take(bytes: number): Promise<Buffer | undefined> {
    while (held.length < bytes) if (!(await more())) return undefined;
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  }

  return {
    async untilFlush() {
      const packets: Buffer[] = [];
      for (let size = 0; size <= MAX_OFFER_BYTES;) {
        const header = await take(LENGTH_BYTES);
        if (header === undefined) return undefined;
        packets.push(header);
        const length = parseLength(header);
        if (length === 0) return Buffer.concat(packets);
        const content = await take(length - LENGTH_BYTES);
        if (content === undefined) return undefined;
        packets.push(content);
        size += length;
      }
      throw new GitError('corrupt', `the server offers more than ${MAX_OFFER_BYTES} bytes of refs`);
    },
    async *rest() {
      do {
        const chunk = held;
        held = Buffer.alloc(0);
        if (chunk.length > 0) yield chunk;
      } while (await more());
    },
  };
}

/** Four hexadecimal digits, themselves included; 0 for a flush packet. */
function parseLength(header: Buffer): number {
  const text = header.toString('latin1');
  const length = /^[0-9a-f]{4}$/i.test(text) ? parseInt(text, 16) : -1;
  if (length === 0 || length >= LENGTH_BYTES) return length;
  throw new GitError('not-found', 'the server answers, but does not speak the protocol of git');
}
