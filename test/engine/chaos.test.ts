import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { root } from '../../scripts/setup.mjs';

// A few kills of `npm run chaos`; the many are for whoever changes upgrades.

test('upgrades go on as if nothing had happened while the daemon is killed again and again', async () => {
  const child = spawn(process.execPath, [path.join(root, 'scripts/chaos.mjs'), '--kills', '10', '--seed', '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number]>]);
  expect({ output, code }).toMatchObject({ code: 0 });
  expect(output).toMatch(/10 kills in .* \d upgrades/);
  expect(output).toContain('no violation');
}, 240_000);
