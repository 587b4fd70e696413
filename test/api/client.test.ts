import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { compileClient, documentedProgram } from './generated-client.ts';
import { serve, TOKEN } from './served.ts';
import { application, instance, snapshot } from './snapshot-builders.ts';

it('a client made of the description of the API compiles, and reads the state', async () => {
  const waiting = instance('web-2', { 'oper-status': 'error', host: '', containers: [], ready: false });
  const shop = application('acme.shop', { state: { 'service-instances': [instance('web-1'), waiting] } });
  const { origin, ask } = await serve(snapshot({ applications: [application('acme.catalog'), shop] }));
  const client = await compileClient((await ask('/openapi.json')).text, documentedProgram());
  onTestFinished(() => client.remove());
  const directory = await mkdtemp(path.join(os.tmpdir(), 'client-token-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const tokenFile = path.join(directory, 'token');
  await writeFile(tokenFile, `${TOKEN.provider}\n`);

  const printed = await client.run({ FAIRLEAD_SERVER: origin, FAIRLEAD_TOKEN_FILE: tokenFile });
  expect(printed.split('\n')).toEqual([
    'acme.catalog 1.0 is running',
    '  web-1 on local is running',
    'acme.shop 1.0 is running',
    '  web-1 on local is running',
    '  web-2 on no host is error',
    '',
  ]);
}, 120_000);
