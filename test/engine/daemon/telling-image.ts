import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { buildImage, tarOf } from '../../engine-hosts/engine-client.ts';
import { eventually } from '../../eventually.ts';
import { logOf } from './engine-view.ts';

/**
 * An image whose program writes down what it finds itself in, one `name=value` a line, and then sleeps; with `ENDS` in
 * its environment it ends. Its ENTRYPOINT is `/bin/tell image`, its CMD `by itself`.
 */
export const tellingImage = 'fairlead-test/telling:1';

const DOCKERFILE = `FROM ${busyboxImage}
COPY tell /bin/tell
ENTRYPOINT ["/bin/tell", "image"]
CMD ["by", "itself"]
`;

/** Limits are where the kernel has them: cgroup v1, or else v2. */
const TELL = `#!/bin/sh
cd /sys/fs/cgroup
echo "args=$*"
echo "user=$(id -u):$(id -g)"
echo "pid=$$"
echo "first=$(cat /proc/1/comm)"
echo "capabilities=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)"
echo "memory=$(cat memory/memory.limit_in_bytes 2> /dev/null || cat memory.max)"
echo "quota=$(cat cpu/cpu.cfs_quota_us 2> /dev/null || cut -d ' ' -f 1 cpu.max)"
echo "shares=$(cat cpu/cpu.shares 2> /dev/null || cat cpu.weight)"
echo "devices=$(find /dev -type c -maxdepth 1 | sort | tr '\\n' ' ')"
env | sed 's/^/env./'
echo "told=all"
[ -n "$ENDS" ] || exec sleep 100000
`;

/** Brings `tellingImage` to an engine that has `busyboxImage`. */
export async function buildTellingImage(endpoint: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'telling-image-'));
  try {
    await writeFile(join(folder, 'Dockerfile'), DOCKERFILE);
    await writeFile(join(folder, 'tell'), TELL, { mode: 0o755 });
    await buildImage(endpoint, { tag: tellingImage, context: tarOf(folder) });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a container of `tellingImage` has written down, its environment as `env.NAME`; waits until that is all of it. */
export async function toldBy(endpoint: string, container: string): Promise<Readonly<Record<string, string>>> {
  const lines = await eventually(async () => {
    const log = await logOf(endpoint, container);
    if (!log.split('\n').includes('told=all')) throw new Error(`${container} has not told all: ${log}`);
    return log.split('\n').filter((line) => line.includes('='));
  }, 60_000);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
