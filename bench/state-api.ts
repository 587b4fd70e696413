import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createTokenDirectory } from '../src/api/token-directory.ts';
import { apiRoutes } from '../src/api/routes.ts';
import { startApi } from '../src/api/server.ts';
import { createFleet } from '../test/api/fleet.ts';
import { startPlainServer } from './plain-server.ts';

const [applications = 1000, instances = 10, rounds = 5, seconds = 2] = process.argv.slice(2).map(Number);
const sha = (t: string) => createHash('sha256').update(t).digest();
const tokens = createTokenDirectory([
  { name: 'p', tenant: undefined, hash: sha('provider'), roles: new Set(['read']) },
  ...Array.from({ length: 10 }, (_, i) => ({ name: `t${i}`, tenant: `tenant-${i}`, hash: sha(`t${i}`), roles: new Set(['read'] as const) })),
]);
const fleet = createFleet({ tenants: 10, applications, instances });
const g = await fleet.make('1'); g.show();
const api = await startApi({ store: fleet.views.store, tokens, listen: { host: '127.0.0.1', port: 0 }, routes: apiRoutes({ version: '1' }), onError: (e) => console.log(e) });
const origin = `http://${api.address}`;
const P = { authorization: 'Bearer provider' }, T = { authorization: 'Bearer t3' };
const one = '/v1/state/applications/app-503/service-instances/web-7'.replace('503', applications < 600 ? '3' : '503');
const app = one.split('/service-')[0]!;
const list = '/v1/state/system/cluster/service-instances';
const long = `${list}/tenant-3.${app.split('/').pop()}.web-7`;
const text = await (await fetch(origin + one, { headers: T })).text();
const listText = await (await fetch(origin + list, { headers: P })).text();
const cfg = '/v1/config/applications';
const etag = (await fetch(origin + cfg, { headers: P })).headers.get('etag')!;
console.log('bytes', text.length, listText.length);
const listBuffer = Buffer.from(listText);
const appText = await (await fetch(origin + app, { headers: T })).text();
const value: unknown = JSON.parse(text);
const inst = '/v1/state/applications/:application/service-instances/:instance';
const plain = await startPlainServer([
  { path: inst, answer: () => text },
  { path: '/v1/state/applications/:application', answer: () => appText },
  { path: list, answer: () => listBuffer },
  { path: `/schema${inst}`, answer: () => value, schema: schemaOf(value) },
], tokens);
const child = fork('bench/load.mjs', { execArgv: [] });
async function ask(m: object): Promise<any> { child.send(m); const [r] = await once(child, 'message') as [any]; if (r.error) throw new Error(r.error); return r; }
const med = (a: number[]) => [...a].sort((x, y) => x - y)[a.length >> 1]!;
async function rates(sides: Record<string, object>) {
  const got: Record<string, { rps: number[]; cpu: number[] }> = {};
  for (let r = 0; r < rounds; r++) for (const [n, m] of Object.entries(sides)) {
    const c = process.cpuUsage();
    const { requests, seconds: s, failures } = await ask({ kind: 'rate', connections: 20, seconds, ...m });
    const { user, system } = process.cpuUsage(c);
    if (failures) console.log('FAIL', n, failures);
    (got[n] ??= { rps: [], cpu: [] }).rps.push(requests / s); got[n].cpu.push((user + system) / requests);
  }
  const base = med(Object.values(got)[0]!.rps);
  for (const [n, { rps, cpu }] of Object.entries(got)) console.log(n.padEnd(44), med(rps).toFixed(0).padStart(7), '/s', (100 * med(rps) / base).toFixed(0).padStart(4), '%  cpu', med(cpu).toFixed(1), 'us');
}
await rates({
  'plain constant': { url: plain.origin + one, headers: T },
  'ours one': { url: origin + one, headers: T },
  'plain schema': { url: plain.origin + '/schema' + one, headers: T },
  'ours long, provider': { url: origin + long, headers: P },
  'plain app': { url: plain.origin + app, headers: T },
  'ours app': { url: origin + app, headers: T },
  '304': { url: origin + cfg, headers: { ...P, 'if-none-match': etag }, expected: 304 },
  'keys': { url: origin + list + '?keys', headers: P },
  'count': { url: origin + list + '?count', headers: P },
});
const t: Record<string, number[]> = { plain: [], ours: [], after: [] };
for (let r = 0; r < rounds; r++) {
  t.plain!.push(...(await ask({ kind: 'times', url: plain.origin + list, headers: P, count: 8 })).times);
  t.ours!.push(...(await ask({ kind: 'times', url: origin + list, headers: P, count: 8 })).times);
  await g.crash(r);
  t.after!.push(...(await ask({ kind: 'times', url: origin + list, headers: P, count: 1 })).times);
}
for (const [n, v] of Object.entries(t)) console.log(n, med(v).toFixed(1), 'ms');
child.disconnect(); await api.close(); await plain.close();

function schemaOf(value: unknown): object {
  if (Array.isArray(value)) return { type: 'array', items: value.length ? schemaOf(value[0]) : {} };
  if (value === null || typeof value !== 'object') return { type: typeof value };
  return { type: 'object', properties: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, schemaOf(v)])) };
}
