import { promises } from 'node:fs';
import { inflateSync, type Inflate } from 'node:zlib';
import type { PromiseFsClient } from 'isomorphic-git';
import { GitError } from './port.ts';

// Whoever may push decides what is in a pack, and two megabytes of it can come to gigabytes, all of which isomorphic-git
// holds in memory and works on without a break. So a pack is looked through before it is unpacked.

export interface PackBounds {
  /** Of one object, bytes. */
  readonly object: number;
  /** Of all that is unpacked together: that, or so many times what the pack has. */
  readonly unpacked: number;
  readonly ratio: number;
  /** Of all that is made from others together. */
  readonly made: number;
}

const MIB = 1024 * 1024;
/** Forges take no larger files (GitHub: 100 MB); texts get a tenth of their size in a pack. */
const BOUNDS: PackBounds = { object: 100 * MIB, unpacked: 256 * MIB, ratio: 50, made: 2048 * MIB };

const HEADER_BYTES = 12;
const TRAILER_BYTES = 20;
const OID_BYTES = 20;
/** gitformat-pack(5): an object that is made from the one so many bytes before it, or from the one of that name. */
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** Between two breaks for others, bytes unpacked. */
const AT_A_STRETCH = 4 * MIB;

/** The file system for a fetch: a pack beyond the bounds is not written, and so is never unpacked. */
export function createBoundedFiles(bounds: PackBounds = BOUNDS): PromiseFsClient {
  return {
    promises: {
      ...promises,
      async writeFile(file: string, data: Uint8Array | string, options?: Parameters<typeof promises.writeFile>[2]) {
        if (file.endsWith('.pack') && typeof data !== 'string') await assertPackBounds(data, bounds);
        await promises.writeFile(file, data, options);
      },
    },
  };
}

/** @throws GitError 'corrupt' for a pack that holds too much, or is none */
export async function assertPackBounds(pack: Uint8Array, bounds: PackBounds = BOUNDS): Promise<void> {
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength);
  const end = bytes.length - TRAILER_BYTES;
  const most = Math.max(bounds.unpacked, bounds.ratio * bytes.length);
  const total = { unpacked: 0, made: 0 };
  let rested = 0;
  let at = HEADER_BYTES;
  for (let left = end < HEADER_BYTES ? 0 : bytes.readUInt32BE(8); left > 0 && at < end; left -= 1) {
    const { type, size, start } = readHeader(bytes, at);
    assertWithin(size, bounds.object, 'an object');
    assertWithin((total.unpacked += size), most, 'a pack');
    const { buffer, engine } = unpack(bytes.subarray(start, end), size);
    const made = type === OFS_DELTA || type === REF_DELTA ? readMadeSize(buffer) : 0;
    assertWithin(made, bounds.object, 'an object');
    assertWithin((total.made += made), bounds.made, 'a pack');
    at = start + engine.bytesWritten;
    if (total.unpacked - rested < AT_A_STRETCH) continue;
    rested = total.unpacked;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface ObjectHeader {
  readonly type: number;
  /** Of what follows when it is unpacked. */
  readonly size: number;
  /** Where that begins. */
  readonly start: number;
}

function readHeader(bytes: Buffer, at: number): ObjectHeader {
  const first = bytes[at] ?? 0;
  const rest = first < 0x80 ? { value: 0, next: at + 1 } : readNumber(bytes, at + 1);
  const type = (first >> 4) & 7;
  const size = (first & 15) + rest.value * 16;
  if (type === REF_DELTA) return { type, size, start: rest.next + OID_BYTES };
  return { type, size, start: type === OFS_DELTA ? readNumber(bytes, rest.next).next : rest.next };
}

/** A delta begins with the size of what it is made from, and that of what it makes. */
function readMadeSize(delta: Buffer): number {
  return readNumber(delta, readNumber(delta, 0).next).value;
}

/** Seven bits a byte, the lowest first, as long as the eighth is set. */
function readNumber(bytes: Buffer, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = from, factor = 1; at < bytes.length; at += 1, factor *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, next: at + 1 };
  }
  throw new GitError('corrupt', 'a pack of the repository ends too early');
}

interface Unpacked {
  readonly buffer: Buffer;
  /** `bytesWritten`: what it took. */
  readonly engine: Inflate;
}

/** No more than it says that it comes to. */
function unpack(bytes: Buffer, size: number): Unpacked {
  const chunkSize = Math.min(Math.max(64, size), 64 * 1024);
  try {
    const unpacked: unknown = inflateSync(bytes, { maxOutputLength: Math.max(1, size), chunkSize, info: true });
    return unpacked as Unpacked;
  } catch {
    throw new GitError('corrupt', 'a pack of the repository cannot be unpacked');
  }
}

function assertWithin(bytes: number, most: number, what: string): void {
  if (bytes <= most) return;
  const limit = most >= MIB ? `${Math.floor(most / MIB)} MiB` : `${most} bytes`;
  throw new GitError('corrupt', `the repository gives ${what} that comes to more than ${limit}`);
}
