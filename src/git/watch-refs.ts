import path from 'node:path';
import { watch } from 'chokidar';
import type { Watcher } from './port.ts';

/** Git writes a ref as lock file and rename, often two refs at once: one call tells of all. */
const COALESCE_MS = 50;

/**
 * Calls back when a branch of a git directory may have moved: its own file, packed-refs, HEAD, or a folder on the way
 * that came or went. Watched from above the directory, so that it may be deleted and made again.
 * Errors of the watcher are dropped: `fetch` finds out what is wrong, and polling goes on.
 */
export async function watchRefs(gitdir: string, branch: string, onChange: () => void): Promise<Watcher> {
  const root = path.dirname(gitdir);
  const wanted = toWanted(root, gitdir, branch);
  const watcher = watch(root, { ignored: (file) => !wanted.has(path.resolve(file)), ignoreInitial: true });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('error', () => undefined);
  watcher.on('all', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, COALESCE_MS);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve).once('error', () => resolve());
  });
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/** The files that matter and every folder between them and the root. */
function toWanted(root: string, gitdir: string, branch: string): ReadonlySet<string> {
  const files = ['HEAD', 'packed-refs', `refs/heads/${branch}`].map((file) => path.join(gitdir, file));
  const wanted = new Set([root]);
  for (const file of files) {
    for (let step = file; step !== root; step = path.dirname(step)) wanted.add(step);
  }
  return wanted;
}
