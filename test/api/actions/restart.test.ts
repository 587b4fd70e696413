import { describe, expect, it } from 'vitest';
import type { RestartRequest, RestartResult } from '../../../src/journal/restart-action.ts';
import type { RunDocument } from '../../../src/journal/run-document.ts';
import { ELSEWHERE } from '../elsewhere.ts';
import { errorWith, serve, type AskInit } from '../served.ts';
import { application, instance, snapshot } from '../snapshot-builders.ts';

const RUN: RunDocument = {
  id: '20260102t030405678z-5f3a9c01',
  kind: 'restart',
  trigger: 'api',
  'started-at': '2026-01-02T03:04:05.678Z',
  outcome: 'running',
};
const HOMELESS = instance('web-2', { host: '', 'oper-status': 'error', 'error-message': 'no host has a gpu' });
const OLD = instance('web-3', { lingering: true });
const SHOP = application('acme.shop', { state: { 'service-instances': [instance('web-1'), HOMELESS, OLD] } });
const AWAY = application('acme.away', { state: { 'locally-deployed': false, 'service-instances': [] } });
const SITE = snapshot({ applications: [SHOP, AWAY, application('beta.till')] });
const PATH = '/v1/state/applications/shop/service-instances/web-1/restart';

async function start(result: RestartResult = { kind: 'accepted', run: RUN }) {
  const asked: RestartRequest[] = [];
  const restart = async (request: RestartRequest) => {
    asked.push(request);
    return result;
  };
  const served = await serve(SITE, { actions: { ...ELSEWHERE.actions, restart } });
  const post = (path = PATH, init: AskInit = {}) => served.ask(path, { method: 'POST', as: 'acme', ...init });
  return { ...served, post, asked };
}

describe('POST …/restart', () => {
  it('answers 204 with the id of its run, and asks for just that instance', async () => {
    const { post, asked } = await start();
    const answer = await post();
    expect([answer.status, answer.text, answer.headers.get('fairlead-run')]).toEqual([204, '', RUN.id]);
    expect(asked).toEqual([
      {
        principal: { name: 'acme', tenant: 'acme' },
        ...{ address: '127.0.0.1', site: 'local' },
        ...{ tenant: 'acme', application: 'shop', instance: 'web-1' },
        containers: ['189d9234f12c'],
        delayed: true,
      },
    ]);
  });

  it('is served below a tenant, and by the long name of an instance', async () => {
    const { post, asked } = await start();
    const paths = [PATH.replace('/state/', '/state/tenants/acme/'), PATH.replace('web-1', 'acme.shop.web-1')];
    for (const path of paths) expect((await post(path)).status).toBe(204);
    expect(asked.map(({ instance: name }) => name)).toEqual(['web-1', 'web-1']);
  });

  it.each([
    ['', true],
    ['{}', true],
    ['null', true],
    ['{"no-delayed-shutdown": true}', false],
    ['no-delayed-shutdown: true\n', false],
    ['# nothing\n', true],
  ])('takes the body %j', async (body, delayed) => {
    const { post, asked } = await start();
    expect((await post(PATH, { body })).status).toBe(204);
    expect(asked).toMatchObject([{ delayed }]);
  });

  it.each([
    ['{"no-delayed-shutdown": false}', /^no-delayed-shutdown: expected true/],
    ['{"no-delayed-shutdown": "true"}', /^no-delayed-shutdown: expected true/],
    ['{"no-delayed-shutdown": null}', /^no-delayed-shutdown: expected true/],
    ['{"delay": 1}', /^the body: unknown key delay; expected/],
    ['[]', /^the body: expected nothing/],
    ['true', /^the body: expected nothing/],
    ['{', /^the body is neither JSON nor YAML/],
    ['a: &a [1]\nb: *a', /^the body is neither JSON nor YAML/],
  ])('refuses the body %j', async (body, message) => {
    const { post, asked } = await start();
    const answer = await post(PATH, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorWith(expect.stringMatching(message)));
    expect(asked).toEqual([]);
  });

  it('is 404 for what is not there, as GET is', async () => {
    const { post, ask } = await start();
    for (const path of [
      'shop/service-instances/none-1',
      'away/service-instances/web-1',
      'till/service-instances/web-1',
    ]) {
      const of = `/v1/state/applications/${path}`;
      const [answer, got] = [await post(`${of}/restart`, { body: '[]' }), await ask(of, { as: 'acme' })];
      expect([answer.status, answer.text]).toEqual([404, got.text]);
    }
  });

  it('is 409 for what is on no host, or on its way out, whatever the body says', async () => {
    const { post, asked } = await start();
    for (const [name, message] of [
      ['web-2', 'web-2 is on no host: no host has a gpu'],
      ['web-3', 'web-3 is in its delayed shutdown; what succeeds it can be restarted'],
    ] as const) {
      const answer = await post(PATH.replace('web-1', name), { body: '[]' });
      expect([answer.status, answer.body]).toEqual([409, errorWith(message)]);
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ['under-way', /^web-1 is being made anew already/],
    ['not-placed', /^web-1 is left as it is for now/],
    ['dry-run', /--dry-run/],
  ] as const)('is 409 when it is refused: %s', async (kind, message) => {
    const { post } = await start({ kind });
    const answer = await post();
    expect([answer.status, answer.headers.get('fairlead-run')]).toEqual([409, null]);
    expect(answer.body).toEqual(errorWith(expect.stringMatching(message)));
  });

  it('needs the right to operate, and is no GET', async () => {
    const { post, ask, asked } = await start();
    const provider = await post(PATH, { as: 'provider' });
    expect([provider.status, provider.body]).toEqual([403, errorWith('the token lacks the role operate')]);
    expect((await post(PATH, { as: 'deaf' })).status).toBe(204);
    expect(asked).toMatchObject([{ principal: { name: 'deaf' }, tenant: 'acme' }]);
    const got = await ask(PATH);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});
