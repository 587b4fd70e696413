import { ApiError, badRequest } from '../protocol/errors.ts';
import type { View } from '../protocol/route.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSION = '13';

/**
 * The sub-protocol of a request for a WebSocket: the first that it offers and the path speaks.
 * @throws ApiError 426 for a request for anything else, 400 when they have none in common
 */
export function chooseProtocol({ header }: Pick<View, 'header'>, spoken: readonly string[]): string {
  const words = (header('connection') ?? '').split(',').map((word) => word.trim().toLowerCase());
  if (!words.includes('upgrade') || header('upgrade')?.toLowerCase() !== 'websocket')
    throw upgradeRequired('this path is a WebSocket: send Connection: upgrade and Upgrade: websocket');
  if (header('sec-websocket-version') !== VERSION)
    throw upgradeRequired(`Sec-WebSocket-Version: only ${VERSION} is spoken here`);
  if (!KEY.test(header('sec-websocket-key') ?? '')) throw badRequest('Sec-WebSocket-Key: expected 16 bytes in base64');
  const offered = parseOffer(header('sec-websocket-protocol'));
  const chosen = offered.find((one) => spoken.includes(one));
  if (chosen === undefined) throw badRequest(`Sec-WebSocket-Protocol: expected ${spoken.join(' or ')} among them`);
  return chosen;
}

/** In the order of the client's priority. */
function parseOffer(text: string | undefined): readonly string[] {
  const offered = text?.split(',').map((one) => one.trim()) ?? [];
  if (offered.some((one) => !TOKEN.test(one)) || new Set(offered).size < offered.length)
    throw badRequest('Sec-WebSocket-Protocol: expected names with commas between them, each once');
  return offered;
}

function upgradeRequired(message: string): ApiError {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': VERSION };
  return new ApiError(426, message, { headers });
}
