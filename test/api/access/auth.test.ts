import { describe, expect, it } from 'vitest';
import { application, plan, snapshot } from '../snapshot-builders.ts';
import { errorWith, serve } from '../served.ts';

const ACME = snapshot({ applications: [application('acme.shop')], plan: plan() });

describe('the API', () => {
  it('wants a token everywhere but for its own health', async () => {
    const { ask, origin } = await serve(ACME);
    for (const path of ['/v1/state/applications', '/v1/state/nothing', '/', '/v1/state/x/%ZZ', '/v1/state/plan'])
      for (const method of ['GET', 'POST', 'OPTIONS'])
        expect((await ask(path, { as: 'nobody', method })).status, `${method} ${path}`).toBe(401);
    for (const path of ['/healthz', '/readyz']) expect((await ask(path, { as: 'nobody' })).status).toBe(200);
    const refused = await fetch(`${origin}/v1/state/applications`);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="fairlead"');
  });

  it('knows no token that is wrong, empty or no bearer token', async () => {
    const { ask } = await serve(ACME);
    for (const authorization of [
      'Bearer wrong',
      'Bearer',
      'Bearer ',
      'Basic dG9rZW4=',
      'token-of-acme',
      'Bearer a b',
    ]) {
      const answer = await ask('/v1/state/applications', { as: 'nobody', headers: { authorization } });
      expect(answer.status, authorization).toBe(401);
      expect(answer.text).not.toContain('wrong');
    }
  });

  it('takes the word Bearer in any case', async () => {
    const { ask } = await serve(ACME);
    const headers = { authorization: 'bearer  token-of-the-provider' };
    expect((await ask('/v1/state/applications', { as: 'nobody', headers })).status).toBe(200);
  });

  it('is closed to a token without the role read, whether or not there is anything', async () => {
    const { ask } = await serve(ACME);
    for (const path of ['/v1/state/applications/shop', '/v1/state/applications/none', '/v1/state/nothing'])
      expect(await ask(path, { as: 'deaf' })).toMatchObject({
        status: 403,
        body: errorWith('the token lacks the role read'),
      });
  });

  it('hides from tenants what is the site provider’s, whether or not there is anything', async () => {
    const { ask } = await serve(ACME);
    const paths = ['cluster/hosts', 'cluster/hosts/none', 'cluster/service-instances/acme.shop.web-1', 'nothing/there'];
    for (const path of [...paths.map((path) => `system/${path}`), 'repository', 'plan'])
      for (const method of ['GET', 'POST'])
        expect(await ask(`/v1/state/${path}`, { as: 'acme', method }), path).toMatchObject({
          status: 403,
          body: errorWith('this path is for the site provider'),
        });
  });

  it('checks the token, then the right, then the name, then the query', async () => {
    const { ask } = await serve(ACME);
    const status = async (path: string, as: 'nobody' | 'deaf' | 'provider') => (await ask(path, { as })).status;
    expect(await status('/v1/state/applications/none?content=x', 'nobody')).toBe(401);
    expect(await status('/v1/state/applications/none?content=x', 'deaf')).toBe(403);
    expect(await status('/v1/state/applications/none?content=x', 'provider')).toBe(404);
    expect(await status('/v1/state/applications/shop?content=x', 'provider')).toBe(400);
  });
});
