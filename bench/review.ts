// npx tsx bench/review.ts [APPLICATIONS]
//
// How long `fairlead plan --base --head` takes, node's own start included, in a repository of so many applications of
// which one commit changes one: the version of an application of three instances.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRepository } from '../test/git/git-repo.ts';

const [applications = 1000] = process.argv.slice(2).map(Number);
const ROUNDS = 5;
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'fairlead-bench-'));
try {
  const repository = await createRepository(folder);
  const numbers = Array.from({ length: applications }, (_, index) => index);
  await repository.commit(Object.assign({}, ...numbers.map((one) => documents(one, '1.0'))) as Record<string, string>);
  await repository.commit(documents(0, '2.0'), 'change', { branch: 'next', parent: repository.head() });
  // As a clone has it: in one pack.
  await repository.git('repack', '-adq');
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await planOnce());
  const sorted = times.sort((a, b) => a - b);
  console.log(`${applications} applications, one changed: ${sorted.map((ms) => `${Math.round(ms)} ms`).join(', ')}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function documents(index: number, version: string): Record<string, string> {
  const name = `app-${index}`;
  const tenant = `tenants/tenant-${index % 10}`;
  return {
    [`${tenant}/applications/${name}.yaml`]: [
      `name: ${name}`,
      `version: '${version}'`,
      'services:',
      '  - name: web',
      '    replicas: 3',
      '    containers:',
      '      - name: nginx',
      '        image: nginx:1.27',
      '        memory: 64 MiB',
      '        env:',
      '          LOG_LEVEL: info',
      '        probes:',
      '          readiness: { http: { port: 8080, path: /healthz } }',
      'upgrade-from:',
      '  - version-regexp: .',
      '    method: per-service',
      '    services:',
      '      - name: web',
      '        healthy-time: 30s',
      '',
    ].join('\n'),
    [`${tenant}/application-deployments/${name}.yaml`]: `name: ${name}\napplication: ${name}\nplacement:\n  all-sites: {}\n`,
  };
}

async function planOnce(): Promise<number> {
  const begun = performance.now();
  const args = [main, 'plan', '--base', 'main', '--head', 'next', '--repository', folder];
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, stdout) => {
      // 3: there are changes.
      if (error?.code === 3 && stdout.startsWith('1 application changes: 1 upgraded')) resolve();
      else reject(error ?? new Error(`no change was told: ${stdout}`));
    });
  });
  return performance.now() - begun;
}
