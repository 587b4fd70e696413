import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { parsePasswordHash, verifyPassword } from '../../src/api/access/password-hash.ts';
import { registerHashPassword } from '../../src/cli/hash-password.ts';
import { createTerminal } from './terminal.ts';

async function hashOf(typed: string, isTTY = false) {
  const terminal = createTerminal();
  const program = new Command('fairlead').exitOverride();
  const stdin = Object.assign(new PassThrough(), { isTTY });
  registerHashPassword(program, terminal.io, stdin);
  stdin.end(typed);
  await program.parseAsync(['hash-password'], { from: 'user' });
  return terminal;
}

it('prints the hash of the password in the first line of a pipe', async () => {
  for (const typed of ['correct horse\n', 'correct horse', 'correct horse\r\nmore\n']) {
    const { stdout, stderr, exitCode } = await hashOf(typed);
    expect([stderr(), exitCode()]).toEqual(['', 0]);
    expect(await verifyPassword('correct horse', parsePasswordHash(stdout().trim())!)).toBe(true);
  }
});

it('asks twice on a terminal, and shows nothing of what is typed', async () => {
  const { stdout, stderr, exitCode } = await hashOf('s3cret\rs3cret\r', true);
  expect(stderr()).toBe('Password: \nOnce more: \n');
  expect(exitCode()).toBe(0);
  expect(await verifyPassword('s3cret', parsePasswordHash(stdout().trim())!)).toBe(true);
});

it.each([
  ['', false, 'error: there is no password\n'],
  ['\n', false, 'error: there is no password\n'],
  ['s3cret\rs3crte\r', true, 'Password: \nOnce more: \nerror: the two are not the same\n'],
  ['s3c\u0003', true, 'Password: \nerror: there is no password\n'],
])('prints no hash for %j', async (typed, isTTY, told) => {
  const { stdout, stderr, exitCode } = await hashOf(typed, isTTY);
  expect([stdout(), stderr(), exitCode()]).toEqual(['', told, 2]);
});
