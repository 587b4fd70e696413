import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { container, service } from '../../builders.ts';
import { openTerminal } from '../../cli/pseudo-terminal.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { ENGINE, type DaemonProcess } from '../daemon/daemon-process.ts';
import { deploy, type Deployed } from '../daemon/deployed.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { execIn, runningOf, sweep } from '../daemon/engine-view.ts';

// What a person does at a terminal with what runs: fairlead exec, logs, connect and restart, as processes of their own.

const OWNER = 'terminal';
/** As it was built for this run. */
const BUILT = ['dist/main.js'];
const MAIN = 'acme.desk.web-1.main';
let deployed: Deployed;
let daemon: DaemonProcess;
let flags: readonly string[];

const script = (name: string, code: string) => container(name, { image: busyboxImage, cmd: ['sh', '-c', code] });
const web = service('web', {
  containers: [
    script('main', 'echo opened; exec sleep 100000'),
    script('page', 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 127.0.0.1:8080 -h /www'),
  ],
});

beforeAll(async () => {
  deployed = await deploy(OWNER, applicationFiles('acme', 'desk', { services: [web] }));
  ({ daemon } = deployed);
  await daemon.said('converged', { revision: deployed.revision });
  const { address } = await daemon.said('api listening');
  flags = ['--server', `http://${String(address)}`, '--token-file', join(daemon.stateDir, 'admin.token')];
});

afterAll(async () => {
  await deployed.stop();
  await sweep(OWNER);
});

const inTerminal = (...command: readonly string[]) =>
  openTerminal(['exec', 'desk', 'web-1', ...flags, '--', ...command], BUILT);

/** `fairlead …` among pipes. */
function started(...args: readonly string[]) {
  const root = new URL('../../../', import.meta.url).pathname;
  const child = spawn(process.execPath, [...BUILT, ...args], { cwd: root, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, code, stdout: text(child.stdout), stderr: text(child.stderr) };
}

describe('fairlead exec in a terminal', () => {
  it('makes vi usable: a file is written, on a screen that follows the window', async () => {
    const terminal = await inTerminal('vi', '/tmp/letter');
    await eventually(() => expect(terminal.shown()).toMatch(/\/tmp\/letter/), 30_000);
    expect(terminal.shown().match(/~/g)?.length).toBeGreaterThanOrEqual(22);
    terminal.type('iDear engine,');
    await eventually(() => expect(terminal.shown()).toContain('engine,'));
    terminal.resize(40, 100);
    // Escape is not Escape when something follows at once; the last line says when it was understood.
    const typed = terminal.shown().length;
    terminal.type('\u001b');
    await eventually(() => expect(terminal.shown().slice(typed)).toContain('- /tmp/letter'));
    await eventually(() => {
      terminal.type('\u000c');
      expect(terminal.shown()).toContain('\u001b[40;1H');
    });
    terminal.type('yyp:wq\r');
    expect(await terminal.ended()).toMatchObject({ exitCode: 0 });
    expect(await execIn(ENGINE, MAIN, ['cat', '/tmp/letter'])).toBe('Dear engine,\nDear engine,\n');
  });

  it('makes top usable, and gives the terminal back as it was', async () => {
    const terminal = await inTerminal('top', '-d', '1');
    await eventually(() => expect(terminal.shown()).toMatch(/Mem: .*CPU: .*sleep 100000/s), 30_000);
    terminal.type('q');
    const { before, after, exitCode } = await terminal.ended();
    expect([after, exitCode]).toEqual([before, 0]);
  });

  it('leaves Ctrl-C to the command, and ends as the shell does', async () => {
    const terminal = await inTerminal('sh');
    terminal.type('stty size; sleep 54321\r');
    await eventually(() => expect(terminal.shown()).toMatch(/^24 80\r$/m), 30_000);
    await eventually(async () => expect(await execIn(ENGINE, MAIN, ['ps'])).toMatch(/ sleep 54321/));
    terminal.type('\u0003');
    await eventually(async () => expect(await execIn(ENGINE, MAIN, ['ps'])).not.toMatch(/ sleep 54321/));
    terminal.type('exit 3\r');
    expect(await terminal.ended()).toMatchObject({ exitCode: 3 });
  });
});

describe('the other commands for what runs', () => {
  it('exec passes bytes through pipes, and words as they are', async () => {
    const sent = randomBytes(16 * 1024 * 1024);
    const summing = started(
      'exec',
      'desk',
      'web-1',
      ...flags,
      '--',
      'sh',
      '-c',
      'sha256sum; echo "$1"; exit 9',
      'sh',
      "it's",
    );
    summing.child.stdin.end(sent);
    const sum = createHash('sha256').update(sent).digest('hex');
    expect([await summing.stdout, await summing.stderr]).toEqual([`${sum}  -\nit's\n`, '']);
    expect(await summing.code).toBe(9);
  });

  it('logs shows what was logged, and with -f what is', async () => {
    const all = started('logs', 'desk', 'web-1', ...flags);
    expect([await all.stdout, await all.code]).toEqual(['main | opened\n', 0]);
    const followed = started('logs', 'desk', 'web-1', 'main', '-f', ...flags);
    let shown = '';
    followed.child.stdout.on('data', (piece: Buffer) => (shown += piece.toString()));
    await eventually(() => expect(shown).toBe('opened\n'), 30_000);
    await execIn(ENGINE, MAIN, ['sh', '-c', 'echo more > /proc/1/fd/1']);
    await eventually(() => expect(shown).toBe('opened\nmore\n'), 30_000);
    followed.child.kill('SIGINT');
    expect(await followed.code).toBe(130);
  });

  it('connect reaches a port that is open inside the instance alone', async () => {
    const forwarding = started('connect', 'desk', 'web-1', '0:8080', ...flags);
    const port = await new Promise<number>((resolve) => {
      forwarding.child.stdout.once('data', (piece: Buffer) =>
        resolve(Number(/:(\d+) is now/.exec(piece.toString())?.[1])),
      );
    });
    for (let times = 0; times < 3; times += 1) {
      const socket = dial(port, '127.0.0.1').end('GET / HTTP/1.0\r\n\r\n');
      expect(await text(socket)).toMatch(/^HTTP\/1\.\d 200 OK\r\n[^]*\r\n\r\nhello\n$/);
    }
    forwarding.child.kill('SIGINT');
    expect([await forwarding.code, await forwarding.stderr]).toEqual([0, '']);
  });

  it('restart makes the instance anew and says what came of it', async () => {
    const before = await runningOf(OWNER);
    const restarting = started('restart', 'desk', 'web-1', '--wait', ...flags);
    expect(await restarting.stdout).toMatch(
      /^restart of web-1 of desk accepted, run [\da-z-]+\nsucceeded: web-1 was made anew and is ready\n$/,
    );
    expect([await restarting.code, await restarting.stderr]).toEqual([0, '']);
    const after = await runningOf(OWNER);
    expect(after[MAIN]).toMatch(/./);
    expect(after[MAIN]).not.toBe(before[MAIN]);
  });
});
