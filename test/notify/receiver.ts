import { startForge, type ForgeAnswer, type ForgeServer } from '../forge/forge-server.ts';

/** Whatever takes notifications: answers 200 to each. Ends with the test. */
export function startReceiver(): Promise<ForgeServer> {
  const taken: ForgeAnswer = { status: 200, body: 'ok' };
  return startForge([() => taken], undefined);
}
