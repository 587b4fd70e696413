import { describe, expect, it } from 'vitest';
import type { KeptLogOptions, LogRecord } from '../../src/docker/port.ts';
import type { DesiredContainer } from '../../src/model/desired.ts';
import type { LogToKeep } from '../../src/model/plan.ts';
import { createVolume, logToKeep } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { waitFor } from './wait.ts';

export function describeLogs(use: () => Ground): void {
  /** A stopped container that said these words, one a line. */
  async function runAndStop(name: string, words: string, overrides: Partial<DesiredContainer> = {}): Promise<string> {
    const { docker, runMember, signal } = use();
    const echoes = words.split(' ').map((word) => `echo ${word}`);
    const cmd = ['sh', '-c', [...echoes, 'sleep 1000'].join('; ')];
    const { id } = await runMember(name, { cmd, ...overrides });
    await docker.stopContainer(id, 1_000, signal);
    return id;
  }

  async function keep(id: string, volume: string, overrides: Partial<LogToKeep> = {}): Promise<void> {
    const { docker, owner, signal } = use();
    await docker.keepLog(id, logToKeep(owner, volume, overrides), signal);
  }

  async function readAll(log: AsyncIterable<LogRecord>): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const record of log) records.push(record);
    return records;
  }

  /** The records of a kept log without their times. */
  async function read(volume: string): Promise<readonly string[]> {
    const { docker, runMember, signal } = use();
    const reader = await runMember(`${volume}.reader`, { mounts: [{ volume, path: '/log', readOnly: true }] });
    const { output } = await docker.exec(reader.id, ['sh', '-c', 'cat /log/*'], signal);
    const lines = output.split('\n').filter((line) => line !== '');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z /);
    return lines.map((line) => line.slice(line.indexOf(' ') + 1));
  }

  describe('the log of a container that ended', () => {
    it('is kept in a volume of its own, which tells whose it is, how big and until when', async () => {
      const { docker, owner, signal } = use();
      const volume = `${owner}.log.kept`;
      await keep(await runAndStop(`${owner}.talker`, 'one two'), volume);
      const seen = await docker.inspectLog(volume, signal);
      const facts = { maxBytes: 0, endedAt: 1_000_000, expiresAt: 2_000_000 };
      expect(seen).toMatchObject({ name: volume, identity: { owner, container: 'nginx' }, ...facts });
      expect(seen?.bytes).toBeGreaterThan(60);
      expect(await docker.listLogs(owner, signal)).toContainEqual(seen);
      expect(await docker.listLogs(`${owner}-other`, signal)).toEqual([]);
      expect(await read(volume)).toEqual(['stdout F one', 'stdout F two']);
    });

    it('can be read as long as it is kept: lines with their times, oldest first, and the streams told apart', async () => {
      const { docker, owner, runMember, signal } = use();
      const volume = `${owner}.log.readable`;
      const said = "printf 'one\\n'; sleep 0.05; printf 'two\\n' >&2; sleep 0.05; printf 'three\\n'";
      const { id } = await runMember(`${owner}.readable`, { cmd: ['sh', '-c', `${said}; sleep 1000`] });
      await waitFor(
        'three lines',
        async () => (await readAll(docker.readLog(id, { follow: false }, signal))).length === 3,
      );
      await docker.stopContainer(id, 1_000, signal);
      await keep(id, volume);
      const readKept = (options: Partial<KeptLogOptions> = {}) =>
        readAll(docker.readKeptLog(volume, { owner, ...options }, signal));
      const records = await readKept();
      expect(records.map(({ stream, message }) => `${stream} ${message}`)).toEqual([
        'stdout one',
        'stderr two',
        'stdout three',
      ]);
      const second = Date.parse(records[1]!.time);
      expect((await readKept({ since: second })).map(({ message }) => message)).toEqual(['two', 'three']);
      expect((await readKept({ until: second })).map(({ message }) => message)).toEqual(['one', 'two']);
      await refusal(readKept({ owner: `${owner}-other` }), 'conflict');
      await docker.removeVolume({ kind: 'remove-volume', name: volume, hostPath: '' }, signal);
      await refusal(readKept(), 'conflict');
      expect(await docker.inspectLog(volume, signal)).toBeUndefined();
    });

    it('is let go of when its reader leaves', async () => {
      const { docker, owner, signal } = use();
      const volume = `${owner}.log.left`;
      await keep(await runAndStop(`${owner}.dropped`, 'one two three'), volume);
      for await (const record of docker.readKeptLog(volume, { owner }, signal)) {
        expect(record.message).toBe('one');
        break;
      }
      const caller = new AbortController();
      for await (const record of docker.readKeptLog(volume, { owner }, caller.signal)) {
        if (record.message === 'two') caller.abort();
      }
      await docker.removeVolume({ kind: 'remove-volume', name: volume, hostPath: '' }, signal);
      expect(await docker.inspectLog(volume, signal)).toBeUndefined();
    });

    it('is no volume of an application', async () => {
      const { docker, owner, signal } = use();
      const volume = `${owner}.log.apart`;
      await keep(await runAndStop(`${owner}.apart`, 'one'), volume);
      expect(await docker.inspectVolume(volume, signal)).toBeUndefined();
      expect((await docker.listVolumes(owner, signal)).map(({ name }) => name)).not.toContain(volume);
      const cache = `${owner}.log.cache`;
      await docker.createVolume(createVolume(owner, cache), signal);
      expect(await docker.inspectLog(cache, signal)).toBeUndefined();
      expect((await docker.listLogs(owner, signal)).map(({ name }) => name)).not.toContain(cache);
    });

    it('may be kept again, as after an interruption, and is what the container said by then', async () => {
      const { owner } = use();
      const volume = `${owner}.log.again`;
      await keep(await runAndStop(`${owner}.half-said`, 'half of it'), volume);
      await keep(await runAndStop(`${owner}.all-said`, 'all'), volume);
      expect(await read(volume)).toEqual(['stdout F all']);
    });

    it('is its newest lines where it is too big', async () => {
      const { docker, owner, signal } = use();
      const volume = `${owner}.log.cut`;
      await keep(await runAndStop(`${owner}.chatty`, 'one two three'), volume, { maxBytes: 100 });
      expect((await docker.inspectLog(volume, signal))?.bytes).toBeLessThanOrEqual(100);
      expect(await read(volume)).toEqual(['stdout F two', 'stdout F three']);
    });

    it('is nothing when nothing is young enough, nothing was said, or the engine keeps none', async () => {
      const { docker, owner, signal } = use();
      const talker = await runAndStop(`${owner}.old`, 'one');
      await keep(talker, `${owner}.log.none`, { since: 4_000_000_000_000 });
      const silent = await runAndStop(`${owner}.silent`, 'one', { cmd: ['sleep', '1000'] });
      await keep(silent, `${owner}.log.none`);
      await keep(await runAndStop(`${owner}.unheard`, 'one', { log: { kind: 'none' } }), `${owner}.log.none`);
      await keep('f'.repeat(64), `${owner}.log.none`);
      expect(await docker.inspectLog(`${owner}.log.none`, signal)).toBeUndefined();
    });

    it('does not go into a volume that is not Fairlead’s', async () => {
      const { engine, owner } = use();
      await engine.makeForeignVolume(`${owner}.log.foreign`);
      const id = await runAndStop(`${owner}.guest`, 'one');
      expect(await refusal(keep(id, `${owner}.log.foreign`), 'name-taken')).toContain('Fairlead did not make');
    });

    it('is kept by what its container was made with, whatever is desired by then', async () => {
      const { owner, runMember } = use();
      const logArchive = { maxBytes: 1_000, maxDays: 14 };
      expect(await runMember(`${owner}.archived`, { logArchive })).toMatchObject({ logArchive });
      expect(await runMember(`${owner}.unarchived`)).toMatchObject({ logArchive: undefined });
    });
  });
}
