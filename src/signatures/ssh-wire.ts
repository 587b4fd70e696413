/** Bytes that are not what RFC 4251 section 5 says; the message is a few words. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}

/** Reads what SSH writes: lengths of four bytes, strings with their length before them. */
export interface WireReader {
  /** @throws WireError when there is less; so do all the others */
  bytes(length: number): Buffer;
  uint32(): number;
  string(): Buffer;
  text(): string;
  /** A number as its bytes, without the zero that keeps it positive. */
  mpint(): Buffer;
  /** @throws WireError when something is left */
  end(): void;
}

export function readWire(buffer: Buffer): WireReader {
  let at = 0;
  const bytes = (length: number): Buffer => {
    if (length > buffer.length - at) throw new WireError('it ends too early');
    at += length;
    return buffer.subarray(at - length, at);
  };
  const uint32 = () => bytes(4).readUInt32BE(0);
  const string = () => bytes(uint32());
  return {
    bytes,
    uint32,
    string,
    text: () => string().toString('latin1'),
    mpint: () => {
      const number = string();
      const first = number.findIndex((byte) => byte !== 0);
      return first < 0 ? number.subarray(number.length) : number.subarray(first);
    },
    end: () => {
      if (at < buffer.length) throw new WireError('something follows its end');
    },
  };
}

/** Bytes with their length before them. */
export function toWireString(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
