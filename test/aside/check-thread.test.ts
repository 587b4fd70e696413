import { describe, expect, it } from 'vitest';
import { createCheckThread } from '../../src/aside/check-thread.ts';
import { application, deployment, snapshot } from '../api/snapshot-builders.ts';
import { serve, type AskInit } from '../api/served.ts';
import { application as text } from '../spec/documents.ts';

const SHOP = application('acme.shop');
const STATE = snapshot({
  applications: [SHOP, application('beta.shop'), application('beta.till')],
  deployments: [deployment('acme.shop')],
});
const LIST = '/v1/config/applications';
/** Beyond what is checked at once. */
const LONG = `# ${'x'.repeat(20_000)}`;
const YAML = { 'content-type': 'application/yaml' };
const PATCH = { 'content-type': 'application/json-patch+json' };
const patch = (...operations: readonly object[]) => JSON.stringify(operations);

const REQUESTS: readonly (readonly [string, string, AskInit])[] = [
  ['a new document', LIST, { as: 'acme', method: 'POST', body: text('blog', LONG) }],
  ['one of the provider for a tenant', LIST, { method: 'POST', body: `tenant: beta\n${text('blog', LONG)}` }],
  ['one for a tenant nobody knows', LIST, { method: 'POST', body: `tenant: mars\n${text('blog', LONG)}` }],
  ['one that is there', LIST, { as: 'acme', method: 'POST', body: text('shop', LONG) }],
  ['one that is wrong in several places', LIST, { as: 'acme', method: 'POST', body: text('blog', LONG, 'imgae: x') }],
  ['no YAML at all', LIST, { as: 'acme', method: 'POST', body: `{${'['.repeat(9_000)}` }],
  ['another in its place', `${LIST}/shop`, { as: 'acme', method: 'PUT', body: text('shop', LONG) }],
  [
    'another in place of an older one',
    `${LIST}/shop`,
    { as: 'acme', method: 'PUT', body: text('shop', LONG), headers: { 'if-match': '"old"' } },
  ],
  [
    'a patch',
    `${LIST}/shop`,
    { as: 'acme', method: 'PATCH', headers: PATCH, body: patch({ op: 'remove', path: '/name' }) },
  ],
  [
    'a patch that changes nothing',
    `${LIST}/shop`,
    { as: 'acme', method: 'PATCH', headers: PATCH, body: patch({ op: 'test', path: '/name', value: 'shop' }) },
  ],
  ['a patch of what is not there', `${LIST}/blog`, { as: 'acme', method: 'PATCH', headers: PATCH, body: patch() }],
  ['a patch of what two tenants have', `${LIST}/shop`, { method: 'PATCH', headers: PATCH, body: patch() }],
];

// A thread that reads TypeScript takes seconds to start on a busy machine.
describe('a large change', { timeout: 60_000 }, () => {
  it('is answered as if it were checked in the thread of the server', async () => {
    const aside = createCheckThread();
    let asked = 0;
    const [here, there] = [
      await serve(STATE),
      await serve(STATE, {}, { checkAside: (...args) => ((asked += 1), aside(...args)) }),
    ];
    const statuses = new Set<number>();
    for (const [what, path, given] of REQUESTS) {
      const init = { ...given, headers: { ...YAML, ...given.headers } };
      const expected = await here.ask(`${path}?validate=true`, init);
      const { status, text: body } = await there.ask(`${path}?validate=true`, init);
      expect({ what, status, body }).toEqual({ what, status: expected.status, body: expected.text });
      statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([201, 204, 400, 404, 409, 412]);
    expect([asked, there.errors]).toEqual([REQUESTS.length, []]);
  });

  it('of one asker waits for the one before, and nobody else does', async () => {
    const order: string[] = [];
    const aside = createCheckThread();
    const served = await serve(
      STATE,
      {},
      {
        checkAside: async (check, asker, signal) => {
          const answer = await aside(check, asker, signal);
          order.push(asker);
          return answer;
        },
      },
    );
    const init: AskInit = { method: 'POST', headers: YAML, body: text('blog', LONG) };
    const many = Array.from({ length: 4 }, () => served.ask(`${LIST}?validate`, { ...init, as: 'acme' }));
    const other = served.ask('/v1/config/tenants/acme/applications?validate', init);
    const answers = await Promise.all([...many, other]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(order.lastIndexOf('acme')).toBe(4);
  });
});
