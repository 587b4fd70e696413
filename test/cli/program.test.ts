import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { createTerminal } from './terminal.ts';

/** `fairlead …`, with what it says on stderr. Wrong words are told by commander, wrong values by the command. */
async function told(...args: readonly string[]): Promise<readonly string[]> {
  const terminal = createTerminal();
  const program = createProgram({ io: terminal.io, version: '1.2.3', stdin: terminal.stdin });
  await program.parseAsync([...args], { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
  });
  return terminal.stderr().trimEnd().split('\n');
}

describe('fairlead, called wrongly', () => {
  it.each([
    [['ru'], "error: unknown command 'ru'", '(Did you mean run?)', '`fairlead --help` tells what there is'],
    [['run', '--bogus'], "error: unknown option '--bogus'", '`fairlead run --help` tells what there is'],
    [['logs', 'shop'], "error: missing required argument 'instance'", '`fairlead logs --help` tells what there is'],
    [
      ['exec', 'shop', 'web-1'],
      'error: no command is given; it stands after --',
      '`fairlead exec --help` tells what there is',
    ],
  ])('%j says what is wrong, and where to read more', async (args, ...lines) => {
    expect(await told(...args)).toEqual(lines);
  });

  it.each([
    ['is not there', 'none.yaml', 'no such file'],
    ['is a folder', '.', 'it is a folder'],
    ['lies in a file', 'file/fairlead.yaml', 'a part of the path is no folder'],
  ])('says that a configuration file %s', async (_, name, reason) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'fairlead-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'file'), '');
    const file = path.join(folder, name);
    expect(await told('run', '--config', file)).toEqual([
      `error: cannot read the configuration file ${file}: ${reason}`,
    ]);
  });

  it('tells each default once', async () => {
    const terminal = createTerminal();
    const program = createProgram({ io: terminal.io, version: '1.2.3', stdin: terminal.stdin });
    for (const { name, help } of program.commands.map((one) => ({ name: one.name(), help: one.helpInformation() }))) {
      const options = help.replaceAll(/\s+/g, ' ').split(/ (?=--[a-z])/);
      expect([name, options.filter((option) => option.split(/[(,] ?default\b/).length > 2)]).toEqual([name, []]);
    }
  });
});
