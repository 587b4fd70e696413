import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { hashPassword } from '../api/access/password-hash.ts';
import type { CliIo } from './io.ts';

/** Where a password is typed, or comes from. */
export type PasswordInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** `fairlead hash-password`: what goes into the tokens file for a password; 0, 2 when there is none. */
export function registerHashPassword(program: Command, io: CliIo, stdin: PasswordInput): void {
  program
    .command('hash-password')
    .description('read a password and print its hash, for the users in the tokens file')
    .action(async () => {
      io.setExitCode(await printHash(io, stdin));
    });
}

async function printHash(io: CliIo, stdin: PasswordInput): Promise<number> {
  const lines = createInterface({
    input: stdin,
    // On a terminal what is typed would be shown here.
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: stdin.isTTY === true,
  });
  // Ctrl-C; it would otherwise be read as a key.
  lines.once('SIGINT', () => lines.close());
  const typed = lines[Symbol.asyncIterator]();
  const ask = async (prompt: string): Promise<string | undefined> => {
    if (stdin.isTTY === true) io.stderr.write(prompt);
    const line = await typed.next();
    if (stdin.isTTY === true) io.stderr.write('\n');
    return line.done === true ? undefined : line.value;
  };
  try {
    const password = await ask('Password: ');
    const again = stdin.isTTY === true && password !== undefined ? await ask('Once more: ') : password;
    if (password === undefined || password === '') return fail(io, 'there is no password');
    if (again !== password) return fail(io, 'the two are not the same');
    io.stdout.write(`${await hashPassword(password)}\n`);
    return 0;
  } finally {
    lines.close();
  }
}

function fail(io: CliIo, reason: string): number {
  io.stderr.write(`error: ${reason}\n`);
  return 2;
}
