// npx tsx bench/validate.ts [FILES]
//
// How long `fairlead validate` takes as it is shipped, its start included, and where that goes: Node itself, what every
// command takes to start, and what the YAML parser alone takes for the same texts. Ends with 1 when a tree of 1,000
// files takes 2 s or more.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildFairlead } from '../scripts/chaos/build.mjs';
import { root } from '../scripts/setup.mjs';
import { runTool } from './run-tool.ts';

const [files = 1_000] = process.argv.slice(2).map(Number);
const ROUNDS = 5;
const LIMIT_MS = 2_000;

const program = await buildFairlead(path.join(root, '.work', 'bench'));
const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-bench-'));
try {
  const application = await readFile(path.join(root, 'examples/notes/tenants/acme/applications/notes.yaml'), 'utf8');
  const good = await writeTree(path.join(folder, 'good'), application);
  const bad = await writeTree(path.join(folder, 'bad'), application.replace(/^services:/m, 'replicas: 2\nservices:'));
  const rows: readonly (readonly [string, number])[] = [
    ['node alone', await median(() => runTool(process.execPath, ['-e', '0']))],
    ['fairlead --version', await median(() => runTool(process.execPath, [program, '--version']))],
    ['the YAML parser, in this process', await median(() => parseAll(good))],
    ['fairlead validate', await median(() => validate(good.folder, 'text', 0))],
    ['  a problem in every second file', await median(() => validate(bad.folder, 'text', 1))],
    ['  the same as SARIF', await median(() => validate(bad.folder, 'sarif', 1))],
  ];
  const lines = good.texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  console.log(`${files} files, ${lines} lines`);
  for (const [name, ms] of rows) console.log(`${name.padEnd(34)} ${(ms / 1000).toFixed(2)} s`);
  if (files <= 1_000 && rows.slice(3).some(([, ms]) => ms >= LIMIT_MS)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

interface Tree {
  readonly folder: string;
  readonly texts: readonly string[];
}

/** Half of the files are applications, half bring them to the site; 25 of each a tenant. */
async function writeTree(target: string, application: string): Promise<Tree> {
  const texts: string[] = [];
  for (let n = 0; n < files; n += 1) {
    const [name, isApplication] = [`a${n >> 1}`, n % 2 === 0];
    const kind = isApplication ? 'applications' : 'application-deployments';
    const text = isApplication
      ? application.replace(/^name: .*/m, `name: ${name}`)
      : `name: ${name}\napplication: ${name}\nplacement:\n  all-sites: {}\n`;
    const directory = path.join(target, 'tenants', `tenant-${Math.floor(n / 50)}`, kind);
    await mkdir(directory, { recursive: true });
    await writeFile(path.join(directory, `${name}.yaml`), text);
    texts.push(text);
  }
  return { folder: target, texts };
}

async function validate(tree: string, format: string, expected: number): Promise<void> {
  const code = await runTool(process.execPath, [program, 'validate', tree, '--format', format]);
  if (code !== expected) throw new Error(`fairlead validate ended with ${code}`);
}

function parseAll({ texts }: Tree): void {
  for (const text of texts) parseAllDocuments(text, { schema: 'failsafe' });
}

async function median(action: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await action();
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}
