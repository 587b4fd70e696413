import { StringDecoder } from 'node:string_decoder';

/** The lines of a byte stream, without line ends and empty ones. A chunk is neither a line nor a whole character. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line.trimEnd();
  }
  if (rest.trim() !== '') yield rest.trimEnd();
}
