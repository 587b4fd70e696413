import { randomBytes } from 'node:crypto';
import { access, mkdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../src/docker/endpoint.ts';
import { openDocker } from '../../src/docker/engine.ts';
import type { DockerPort } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import type { DesiredMount, DesiredVolume } from '../../src/model/desired.ts';
import { helperLabels } from '../../src/model/labels.ts';
import { createSandbox, createVolume, startOf, TEST_IMAGE, writeFiles } from '../contract/actions.ts';
import { askEngine } from '../engine-hosts/engine-client.ts';
import { ensureTestImage, testEndpoint } from './test-image.ts';

const owner = `volumes-${randomBytes(4).toString('hex')}`;
/** On the engine's host, which is this machine. */
const hostPath = `/tmp/fairlead-test-${owner}`;
const signal = AbortSignal.timeout(300_000);
let docker: DockerPort;

beforeAll(async () => {
  await ensureTestImage(testEndpoint());
  docker = openDocker(parseEndpoint(testEndpoint()));
  await mkdir(hostPath);
  await docker.importSandboxImage(SANDBOX_IMAGE, signal);
});

afterAll(async () => {
  for (const { id } of await docker.listContainers(owner, signal)) await docker.removeContainer(id, signal);
  for (const { name, hostPath } of await docker.listVolumes(owner, signal))
    await docker.removeVolume({ kind: 'remove-volume', name, hostPath }, signal);
  await rm(hostPath, { recursive: true, force: true });
});

async function makeVolume(name: string, overrides: Partial<DesiredVolume>): Promise<string> {
  await docker.createVolume(createVolume(owner, `${owner}.${name}`, overrides), signal);
  return `${owner}.${name}`;
}

/** A running container without network; its id. */
async function runWith(name: string, mounts: readonly DesiredMount[], image = TEST_IMAGE): Promise<string> {
  const cmd = image === TEST_IMAGE ? ['sleep', '1000'] : undefined;
  const network = { kind: 'network', network: 'none', aliases: [] } as const;
  const own = { mounts, image, cmd, network };
  await docker.createContainer(createSandbox(owner, `${owner}.${name}`, 'none', own), signal);
  await docker.startContainer(startOf(`${owner}.${name}`), signal);
  return (await docker.inspectContainer(`${owner}.${name}`, signal))!.id;
}

async function run(id: string, script: string): Promise<string> {
  const { exitCode, output } = await docker.exec(id, ['sh', '-c', script], signal);
  expect(output, script).toSatisfy(() => exitCode === 0);
  return output.trim();
}

const mountAt = (volume: string, path: string): DesiredMount => ({ volume, path, readOnly: false });

async function listContainerNames(): Promise<readonly string[]> {
  const query = { all: '1', filters: JSON.stringify({ name: [`fairlead.${owner}.folder`] }) };
  const rows = JSON.parse(await askEngine(testEndpoint(), '/containers/json', { query })) as { Names: string[] }[];
  return rows.flatMap(({ Names }) => Names);
}

describe('a volume in memory', () => {
  it('has the mode and owner it was made with, and ends at its size', async () => {
    const wish = { medium: 'memory', sizeBytes: 2 * 1024 ** 2, mode: 0o770, uid: 1000, gid: 1001 } as const;
    const id = await runWith('memory-user', [mountAt(await makeVolume('memory', wish), '/m')]);
    expect(await run(id, 'stat -c "%a %u %g" /m')).toBe('770 1000 1001');
    const { exitCode } = await docker.exec(id, ['dd', 'if=/dev/zero', 'of=/m/f', 'bs=1M', 'count=3'], signal);
    expect(exitCode).not.toBe(0);
    expect(await run(id, 'wc -c < /m/f')).toBe(String(2 * 1024 ** 2));
  });
});

describe('a sized volume on disk', () => {
  it('is enforced by an engine that can, and made all the same by one that cannot', async () => {
    const name = await makeVolume('sized', { sizeBytes: 4 * 1024 ** 2 });
    const { sizeBytes, sizeEnforced } = (await docker.inspectVolume(name, signal))!;
    expect(sizeBytes).toBe(4 * 1024 ** 2);
    const id = await runWith('sized-user', [mountAt(name, '/s')]);
    const { exitCode } = await docker.exec(id, ['dd', 'if=/dev/zero', 'of=/s/f', 'bs=1M', 'count=6'], signal);
    expect(exitCode === 0).toBe(!sizeEnforced);
  });
});

describe('a volume in a folder of the host', () => {
  it('lies there, keeps what it holds when it is made anew, and loses it when it is removed', async () => {
    const make = () => makeVolume('folder', { hostPath, hostVolume: 'ssd', kind: 'persistent' });
    const name = await make();
    expect(await docker.inspectVolume(name, signal)).toMatchObject({
      hostPath,
      hostVolume: 'ssd',
      sizeEnforced: false,
    });
    const first = await runWith('first', [mountAt(name, '/f')]);
    await run(first, 'stat -c "%a %u %g" /f | grep "^755 0 0$" && chmod 700 /f && echo data > /f/x');
    const removal = { kind: 'remove-volume', name, hostPath } as const;
    await expect(docker.removeVolume(removal, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(await run(first, 'cat /f/x')).toBe('data');
    await docker.removeContainer(first, signal);

    await askEngine(testEndpoint(), `/volumes/${name}`, { method: 'DELETE' });
    await make();
    const second = await runWith('second', [mountAt(name, '/f')]);
    expect(await run(second, 'stat -c %a /f; cat /f/x')).toBe('700\ndata');
    await run(second, 'mkdir -m 000 /f/locked && chown -R 1000:1000 /f');
    await docker.removeContainer(second, signal);

    await docker.removeVolume(removal, signal);
    await docker.removeVolume(removal, signal);
    await make();
    const third = await runWith('third', [mountAt(name, '/f')]);
    expect(await run(third, 'stat -c "%a %u" /f; ls -A /f')).toBe('755 0');
    expect(await listContainerNames()).toEqual([]);
  });

  it('is not made where the folder for it is missing: a disk that is not mounted is told, not papered over', async () => {
    const away = `${hostPath}/not-mounted`;
    const refused = {
      code: 'refused',
      message: expect.stringMatching(
        `${away} is not there on the host of the engine; .* \`path\` of \`local-volumes\``,
      ) as string,
    };
    await expect(makeVolume('away', { hostPath: away })).rejects.toMatchObject(refused);
    expect(await docker.inspectVolume(`${owner}.away`, signal)).toBeUndefined();
    await expect(access(away)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await listContainerNames()).toEqual([]);

    await mkdir(away);
    await makeVolume('away', { hostPath: away });
    await rm(away, { recursive: true });
    const removal = { kind: 'remove-volume', name: `${owner}.away`, hostPath: away } as const;
    await expect(docker.removeVolume(removal, signal)).rejects.toMatchObject(refused);
    await mkdir(away);
    await docker.removeVolume(removal, signal);
  });

  it('is made although a crash left a helper container behind', async () => {
    const query = { name: `fairlead.${owner}.folder.${owner}.crashed` };
    const json = { Image: SANDBOX_IMAGE, Labels: helperLabels(owner) };
    await askEngine(testEndpoint(), '/containers/create', { method: 'POST', query, json });
    await makeVolume('crashed', { hostPath });
    expect(await listContainerNames()).toEqual([]);
  });
});

describe('files that change while they are read', () => {
  it('are always there, and whole', async () => {
    const name = await makeVolume('conf', { volume: 'conf', kind: 'files' });
    const sandbox = await runWith('files-sb', [mountAt(name, '/files/conf')], SANDBOX_IMAGE);
    const write = async (index: number, more: readonly string[] = []) => {
      const files = ['app.conf', ...more].map((file) => ({
        name: file,
        data: `${'x'.repeat(5_000)} end\n`,
        mode: 0o444,
        uid: 0,
        gid: 0,
      }));
      await docker.writeFiles(writeFiles(sandbox, `..${index.toString(16)}`, files), signal);
    };
    await write(0);
    const reader = await runWith('racer', [mountAt(name, '/conf')]);
    const script = `n=0; bad=0
      while [ ! -e /conf/stop ]; do
        read -r text end < /conf/app.conf && [ "$end" = end ] || bad=$((bad + 1))
        n=$((n + 1))
      done
      echo "$n $bad"`;
    const racing = run(reader, script);
    for (let index = 1; index <= 30; index += 1) await write(index);
    await write(31, ['stop']);
    const [reads, failures] = (await racing).split('\n').at(-1)!.split(' ').map(Number);
    expect(failures).toBe(0);
    expect(reads).toBeGreaterThan(100);
  });
});
