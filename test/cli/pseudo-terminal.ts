import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { eventually } from '../eventually.ts';

// A real terminal for a real process: `script` (bsdutils, which every Debian and Ubuntu has) makes it.

export interface PseudoTerminal {
  /** Presses keys: `\u0003` is Ctrl-C. */
  readonly type: (keys: string) => void;
  /** Everything the terminal was sent to show. */
  readonly shown: () => string;
  readonly resize: (rows: number, columns: number) => void;
  /** The modes of the terminal now, as `stty -a` tells them, its size left out. */
  readonly modes: () => string;
  /** Of the process of `fairlead`. */
  readonly pid: number;
  /** The modes before and after, and what the shell got of it: 143 for SIGTERM. */
  readonly ended: () => Promise<TerminalEnd>;
  /** Takes the terminal away, as a window that is closed. */
  readonly hangUp: () => void;
}

export interface TerminalEnd {
  readonly before: string;
  readonly after: string;
  readonly exitCode: number;
}

const root = new URL('../../', import.meta.url).pathname;

/** The shell is there before and after, as that of a person is. Its words come from variables, so none needs quotes. */
const SCRIPT = `
stty rows 24 cols 80
stty -a > "$FOLDER/before"
tty > "$FOLDER/tty"
sh -c 'echo $$ > "$FOLDER/pid.new"; mv "$FOLDER/pid.new" "$FOLDER/pid"; exec "$@"' sh "$@"
echo $? > "$FOLDER/code"
stty -a > "$FOLDER/after"
`;

/** What Node is given to be `fairlead`, from its sources. */
export const SOURCES: readonly string[] = ['--import', 'tsx', 'src/main.ts'];

/** Runs `fairlead ARGUMENTS` in a terminal of 24 rows and 80 columns. @param program what Node is given to be it */
export async function openTerminal(args: readonly string[], program = SOURCES): Promise<PseudoTerminal> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-terminal-'));
  const read = async (name: string) => (await readFile(path.join(folder, name), 'utf8')).trim();
  const shell = path.join(folder, 'shell');
  await writeFile(shell, SCRIPT);
  const words = ['sh', shell, process.execPath, ...program, ...args];
  const command = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const child = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
    cwd: root,
    env: { ...process.env, FOLDER: folder, SHELL: '/bin/sh', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => void pieces.push(piece));
  child.stdin.on('error', () => undefined);
  const gone = new Promise<void>((resolve, reject) => {
    child.once('error', reject).once('exit', () => resolve());
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
    await rm(folder, { recursive: true, force: true });
  });
  const pid = Number(await eventually(() => read('pid')));
  const tty = await read('tty');
  return {
    type: (keys) => void child.stdin.write(keys),
    shown: () => Buffer.concat(pieces).toString(),
    resize: (rows, columns) => void stty(tty, 'rows', String(rows), 'cols', String(columns)),
    modes: () => withoutSize(stty(tty, '-a')),
    pid,
    async ended() {
      await gone;
      const [before, after, code] = await Promise.all(['before', 'after', 'code'].map(read));
      return { before: withoutSize(before ?? ''), after: withoutSize(after ?? ''), exitCode: Number(code) };
    },
    hangUp: () => void child.kill('SIGKILL'),
  };
}

function stty(tty: string, ...args: readonly string[]): string {
  return execFileSync('stty', ['-F', tty, ...args], { encoding: 'utf8' }).trim();
}

function withoutSize(modes: string): string {
  return modes.replace(/rows \d+; columns \d+;/, '');
}
