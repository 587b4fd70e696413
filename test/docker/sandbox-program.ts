import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AttachedConnection } from '../../src/docker/attached-connection.ts';
import { SANDBOX_BINARIES } from '../../src/docker/sandbox-binaries.ts';

/** The program of the sandbox image as a file of this machine. */
export interface SandboxProgram {
  run(...words: readonly string[]): Promise<{ readonly exitCode: number; readonly message: string }>;
  /** Runs as a helper would, with pipes for a connection. `pid` for tests that stop or kill it. */
  attach(...words: readonly ['lease'] | readonly ['relay', ...string[]]): AttachedConnection & { readonly pid: number };
  dispose(): Promise<void>;
}

export async function unpackSandboxProgram(): Promise<SandboxProgram> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-sandbox-'));
  const file = path.join(folder, 'sandbox');
  await writeFile(file, Buffer.from(SANDBOX_BINARIES[process.arch === 'arm64' ? 'arm64' : 'amd64'], 'base64'));
  await chmod(file, 0o755);
  return {
    run: (...words) =>
      new Promise((resolve) => {
        const child = execFile(file, words, { timeout: 10_000 }, (_, __, message) => {
          resolve({ exitCode: child.exitCode ?? -1, message });
        });
      }),
    attach: (...words) => attach(file, words),
    dispose: () => rm(folder, { recursive: true }),
  };
}

function attach(file: string, words: readonly string[]): AttachedConnection & { readonly pid: number } {
  const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(`the helper ended with ${code ?? signal ?? 'nothing'}`));
  });
  child.stdin.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    send: (bytes) => {
      child.stdin.write(bytes);
    },
    follow: async (onOutput) => {
      child.stdout.on('data', onOutput);
      return await ended;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
