import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../scripts/setup.mjs';
import { parseAccess } from '../../src/api/access/access-file.ts';
import { parseWebhookSecrets } from '../../src/api/webhooks/secrets-file.ts';
import { createProgram } from '../../src/cli/program.ts';
import { loadRunConfig } from '../../src/config.ts';
import { parseNotifications } from '../../src/notify/notifications-file.ts';
import { parseFile } from '../../src/spec/parse-file.ts';
import { createTerminal } from '../cli/terminal.ts';
import { callsIn, type Call } from './commands.ts';
import { blocksOf, pages, proseOf, type Block } from './pages.ts';

// What a page prints is what somebody types or copies.

const blocks = pages().flatMap(blocksOf);
const placeOf = ({ page, line }: { page: string; line: number }) => `${page}:${line}`;

/** All lines of a block of commands, and of what a screen shows those with a prompt. */
function typedIn({ language, text }: Block): string {
  if (language === 'sh') return text;
  const lines = text.split('\n').map((line) => (line.startsWith('$ ') ? line.slice(2) : ''));
  return lines.join('\n');
}

/** What commander says of a call; nothing is done. */
async function parsed({ words }: Pick<Call, 'words'>): Promise<{ command: string; flags: object; complaint: string }> {
  const terminal = createTerminal();
  const program = createProgram({ io: terminal.io, version: '1.2.3', stdin: terminal.stdin });
  let seen = { command: '', flags: {} };
  for (const command of program.commands)
    command.action(() => void (seen = { command: command.name(), flags: command.opts() }));
  await program.parseAsync([...words], { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
  });
  return { ...seen, complaint: terminal.stderr() };
}

describe('commands in the pages', () => {
  const calls = blocks
    .filter(({ language }) => language === 'sh' || language === '')
    .flatMap((block) => callsIn(typedIn(block), block.line).map((call) => ({ ...call, page: block.page })));

  it('are found', () => {
    const pagesOfCalls = new Set(calls.map(({ page }) => page));
    expect([...pagesOfCalls]).toEqual(
      expect.arrayContaining([
        'README.md',
        ...['git', 'install', 'operations', 'reviewing'].map((name) => `docs/${name}.md`),
      ]),
    );
    expect(calls.map(({ words }) => words.join(' '))).toEqual(
      expect.arrayContaining(['plan --base origin/main', 'uninstall --yes', 'sync --wait']),
    );
  });

  it('are words that `fairlead` understands', async () => {
    const complaints = [];
    for (const call of calls) {
      const { complaint } = await parsed(call);
      if (complaint !== '') complaints.push(`${placeOf(call)}: ${complaint}`);
    }
    expect(complaints).toEqual([]);
  });

  it('give `fairlead run` values that it takes', async () => {
    const problems = [];
    for (const call of calls.filter(({ words }) => words[0] === 'run')) {
      const { flags } = await parsed(call);
      const file = 'config' in flags ? { file: exampleConfig() } : {};
      const loaded = loadRunConfig({ flags: { ...flags }, env: {}, isRoot: true, ...file });
      if (!loaded.ok) problems.push(`${placeOf(call)}: ${loaded.problems.join('; ')}`);
    }
    expect(problems).toEqual([]);
  });

  it('in the middle of a sentence are commands and flags that there are', async () => {
    const terminal = createTerminal();
    const { commands } = createProgram({ io: terminal.io, version: '1.2.3', stdin: terminal.stdin });
    const known = new Map(commands.map((command) => [command.name(), command.options.map(({ long }) => long)]));
    const strange = pages().flatMap((page) =>
      proseOf(page).flatMap(([line, text]) =>
        [...text.matchAll(/`fairlead ([^`]+)`/g)].flatMap(([, call = '']) => {
          const [name = '', ...words] = (call.split(' -- ')[0] ?? '').split(/\s+/);
          const flags = words.map((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1]).filter((flag) => flag !== undefined);
          const unknown = flags.filter((flag) => known.get(name)?.includes(flag) !== true);
          return known.has(name) && unknown.length === 0 ? [] : [`${placeOf({ page, line })}: ${call}`];
        }),
      ),
    );
    expect(strange.filter((call) => !/: -/.test(call))).toEqual([]);
  });
});

/** Files of the repository and of the daemon, by a word that stands in the path or the page that shows one. */
const CHECKS: readonly (readonly [of: RegExp, problemsOf: (text: string, file: string) => readonly string[]])[] = [
  [/(^|\/)(tenants|sites)\/|policy\.yaml$/, documentProblems],
  [/fairlead\.yaml$|^docs\/settings\.md$/, configProblems],
  [/^docs\/api\.md$/, thrown(parseAccess)],
  [/^docs\/webhooks\.md$/, thrown(parseWebhookSecrets)],
  [/^docs\/notifications\.md$/, thrown(parseNotifications)],
  [/^README\.md$/, (text) => documentProblems(text, 'tenants/acme/applications/part.yaml')],
  [/^(docs\/reviewing|examples\/ci\/README)\.md$/, () => []], // of other programs
];

/** What a part of an application leaves out. */
const REST = { version: '1.0', services: [{ name: 'web', containers: [{ name: 'page', image: 'web:1' }] }] };

function documentProblems(text: string, file: string): readonly string[] {
  const name = path.basename(file, '.yaml');
  const given = parse(text) as Record<string, unknown>;
  const rest = { ...(name === 'policy' ? {} : { name }), ...(file.includes('/applications/') ? REST : {}) };
  const missing = Object.entries(rest).filter(([key]) => !(key in given));
  const whole = `${text}\n${missing.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join('')}`;
  return parseFile(file, Buffer.from(whole)).problems.map((problem) => `${problem.line}: ${problem.message}`);
}

function configProblems(text: string, file: string): readonly string[] {
  const loaded = loadRunConfig({ flags: {}, env: {}, isRoot: true, file: { path: file, bytes: Buffer.from(text) } });
  return loaded.ok ? [] : loaded.problems;
}

function exampleConfig() {
  const file = 'examples/systemd/fairlead.yaml';
  return { path: file, bytes: readFileSync(path.join(root, file)) };
}

function thrown(read: (text: string, file: string) => unknown) {
  return (text: string, file: string): readonly string[] => {
    try {
      read(text, file);
      return [];
    } catch (error) {
      return [String(error)];
    }
  };
}

describe('files in the pages', () => {
  const shown = blocks.filter(({ language }) => language === 'yaml');
  /** The path in the first line, else the page. */
  const fileOf = (block: Block) => /^# (\S+\.yaml)$/.exec(block.text.split('\n')[0] ?? '')?.[1] ?? block.page;

  it.each(shown.map((block) => [placeOf(block), block] as const))('%s is one that Fairlead takes', (_, block) => {
    const file = fileOf(block);
    const check = CHECKS.find(([of]) => of.test(file))?.[1];
    if (check === undefined) throw new Error(`${placeOf(block)}: say in its first line which file this is`);
    expect(check(block.text, file)).toEqual([]);
  });

  it.each(blocks.filter(({ language }) => language === 'json').map((block) => [placeOf(block), block] as const))(
    '%s is JSON',
    (_, { text }) => {
      expect(() => JSON.parse(text.startsWith('{') ? text : `{${text}}`) as unknown).not.toThrow();
    },
  );
});
