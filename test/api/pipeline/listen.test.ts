import { describe, expect, it } from 'vitest';
import { startApi } from '../../../src/api/pipeline/server.ts';
import { createTokenDirectory } from '../../../src/api/access/token-directory.ts';
import { createStore } from '../../../src/store/store.ts';
import { serve } from '../served.ts';
import { snapshot } from '../snapshot-builders.ts';

describe('an address to listen on', () => {
  it('that is taken is told with the reason, and the one who has it goes on', async () => {
    const { ask, origin } = await serve(snapshot());
    const listen = { host: '127.0.0.1', port: Number(new URL(origin).port) };
    const options = { store: createStore(snapshot()), tokens: createTokenDirectory([]), routes: [], listen };
    await expect(startApi(options)).rejects.toThrow(
      /^the state API cannot listen on 127\.0\.0\.1:\d+: it is in use, by another Fairlead perhaps; name another with --listen$/,
    );
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('may be called localhost', async () => {
    const { origin } = await serve(snapshot(), {}, { listen: { host: 'localhost', port: 0 } });
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
