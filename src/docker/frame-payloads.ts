const HEADER_SIZE = 8;
const LENGTH_AT = 4;

/**
 * Takes the bytes of an attach stream without a terminal as they come, in any pieces, and gives the payloads of its
 * frames in order, as far as they are there: unlike `demux` it holds nothing but the beginning of a header.
 */
export function openPayloadReader(): (bytes: Buffer) => readonly Buffer[] {
  const header = Buffer.alloc(HEADER_SIZE);
  let headerLength = 0;
  /** Bytes of the present frame that are still to come. */
  let missing = 0;
  return (bytes) => {
    const payloads: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (missing > 0) {
        const payload = bytes.subarray(at, at + missing);
        payloads.push(payload);
        missing -= payload.length;
        at += payload.length;
        continue;
      }
      const copied = bytes.copy(header, headerLength, at);
      at += copied;
      headerLength += copied;
      if (headerLength < HEADER_SIZE) break;
      missing = header.readUInt32BE(LENGTH_AT);
      headerLength = 0;
    }
    return payloads;
  };
}
