// The frames between the daemon and the relay helper. The protocol stands in tools/sandbox/relay.c.

/** What the relay says of a connection. */
export type ConnectionFrame =
  | { readonly kind: 'opened' }
  | { readonly kind: 'data'; readonly payload: Buffer }
  /** It takes this many bytes more. */
  | { readonly kind: 'credit'; readonly bytes: number }
  | { readonly kind: 'end' }
  /** `errno` is 0 after an end each way. */
  | { readonly kind: 'close'; readonly errno: number };

export type IncomingFrame =
  | { readonly kind: 'ready'; readonly limits: RelayLimits }
  | { readonly kind: 'connection'; readonly id: number; readonly frame: ConnectionFrame };

export interface RelayLimits {
  /** At once. */
  readonly connections: number;
  /** Bytes a connection takes before its first `credit`. */
  readonly window: number;
}

export interface RelayTarget {
  readonly protocol: 'tcp' | 'udp';
  /** Of 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

export type OutgoingFrame =
  | { readonly kind: 'open'; readonly target: RelayTarget; readonly credit: number }
  | { readonly kind: 'data'; readonly payload: Buffer }
  | { readonly kind: 'credit'; readonly bytes: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'close' };

/** The longest payload of a `data` frame. */
export const MOST_DATA = 32 * 1024;
/** The longest datagram, that of IPv6; an engine's kernel refuses one of more than 65507 bytes by IPv4. */
export const MOST_DATAGRAM = 65_527;
/** What a datagram takes of the credit beside its bytes, so that small and empty ones do not pile up either. */
export const DATAGRAM_COST = 64;

const TYPE = { ready: 1, open: 2, opened: 3, data: 4, credit: 5, end: 6, close: 7 } as const;
const PROTOCOL = { tcp: 6, udp: 17 } as const;
const HEADER_SIZE = 8;

export function toFrameBytes(id: number, frame: OutgoingFrame): Buffer {
  const payload = toPayload(frame);
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt8(TYPE[frame.kind], 0);
  header.writeUInt16BE(payload.length, 2);
  header.writeUInt32BE(id, 4);
  return Buffer.concat([header, payload]);
}

/** Takes the bytes as they come, in any pieces, and passes on the frames. Throws at one that is none. */
export function openFrameReader(onFrame: (frame: IncomingFrame) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_SIZE) {
      const end = HEADER_SIZE + rest.readUInt16BE(2);
      if (rest.length < end) return;
      const frame = rest.subarray(0, end);
      rest = rest.subarray(end);
      onFrame(parseFrame(frame));
    }
  };
}

function toPayload(frame: OutgoingFrame): Buffer {
  switch (frame.kind) {
    case 'open': {
      const { protocol, address, port } = frame.target;
      const payload = Buffer.alloc(8);
      payload.writeUInt32BE(frame.credit, 0);
      payload.writeUInt8(PROTOCOL[protocol], 4);
      payload.writeUInt16BE(port, 6);
      return Buffer.concat([payload, address]);
    }
    case 'data':
      return frame.payload;
    case 'credit': {
      const payload = Buffer.alloc(4);
      payload.writeUInt32BE(frame.bytes, 0);
      return payload;
    }
    case 'end':
    case 'close':
      return Buffer.alloc(0);
    default:
      return frame satisfies never;
  }
}

function parseFrame(bytes: Buffer): IncomingFrame {
  const type = bytes.readUInt8(0);
  const id = bytes.readUInt32BE(4);
  const payload = bytes.subarray(HEADER_SIZE);
  if (type !== TYPE.ready) return { kind: 'connection', id, frame: parseConnectionFrame(type, payload) };
  return { kind: 'ready', limits: { connections: payload.readUInt32BE(0), window: payload.readUInt32BE(4) } };
}

function parseConnectionFrame(type: number, payload: Buffer): ConnectionFrame {
  switch (type) {
    case TYPE.opened:
      return { kind: 'opened' };
    case TYPE.data:
      return { kind: 'data', payload };
    case TYPE.credit:
      return { kind: 'credit', bytes: payload.readUInt32BE(0) };
    case TYPE.end:
      return { kind: 'end' };
    case TYPE.close:
      return { kind: 'close', errno: payload.readUInt32BE(0) };
    default:
      throw new Error(`the relay sent a frame of the unknown type ${type}`);
  }
}
