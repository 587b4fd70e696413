import { Readable, Writable, type Duplex } from 'node:stream';
import { openPayloadReader } from './frame-payloads.ts';

/** Together with what a socket reads ahead, a session holds less than 256 KiB that nobody has read. */
const READ_AHEAD = 16 * 1024;
/** ^D */
const END_OF_TYPING = Buffer.from([4]);
const LINE_ENDS: readonly (number | undefined)[] = [0x0a, 0x0d];

export interface Attachment {
  readonly connection: Duplex;
  /** Then the bytes come as they are, else in frames. */
  readonly tty: boolean;
}

/**
 * What comes over the connection, no faster than it is read. It ends with the connection, however that ends: an engine
 * resets it where a command has ended that was still written to, so only the exit code tells what happened.
 */
export function toOutput({ connection, tty }: Attachment): Readable {
  const split = tty ? (bytes: Buffer) => [bytes] : openPayloadReader();
  const output = new Readable({
    highWaterMark: READ_AHEAD,
    read: () => void connection.resume(),
    destroy: (error, done) => {
      connection.destroy();
      done(error);
    },
  });
  connection.on('data', (bytes: Buffer) => {
    let wantsMore = true;
    for (const payload of split(bytes)) wantsMore = output.push(payload);
    if (!wantsMore) connection.pause();
  });
  connection.once('end', () => output.push(null));
  connection.on('error', () => undefined);
  connection.once('close', () => output.push(null));
  return output;
}

/** What is written goes over the connection once it is `ready`, at its pace; after the command has ended, nowhere. */
export function toInput({ connection, tty }: Attachment, ready: Promise<void>): Writable {
  let isLineBegun = false;
  const send = (bytes: Buffer, done: (error?: Error | null) => void) => {
    if (connection.writable) connection.write(bytes, (error) => done(connection.writable ? error : null));
    else done();
  };
  const input = new Writable({
    highWaterMark: READ_AHEAD,
    construct: (done) => void ready.then(() => done()),
    write: (bytes: Buffer, _encoding, done) => {
      isLineBegun = !LINE_ENDS.includes(bytes.at(-1));
      send(bytes, done);
    },
    final: (done) => {
      // An engine takes a half-closed terminal for one that was left. The first ^D only ends a line that was begun.
      if (tty) send(isLineBegun ? Buffer.concat([END_OF_TYPING, END_OF_TYPING]) : END_OF_TYPING, done);
      else if (connection.writable) connection.end(() => done());
      else done();
    },
  });
  input.on('error', () => undefined);
  connection.once('close', () => input.destroy());
  return input;
}

/** For a command that has no stdin. */
export function toNoInput(): Writable {
  return new Writable({ write: (_bytes, _encoding, done) => done() });
}
