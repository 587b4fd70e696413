import { describe, expect, it } from 'vitest';
import { refusal, type Ground } from './docker-contract.ts';

export function describeExec(use: () => Ground): void {
  describe('running a command in a container', () => {
    it('answers with its exit code and what it said on either output', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.exec`);
      const { exitCode, output } = await docker.exec(id, ['sh', '-c', 'echo out; echo err >&2; exit 3'], signal);
      expect(exitCode).toBe(3);
      expect(output.trim().split('\n').sort()).toEqual(['err', 'out']);
      expect(await docker.exec(id, ['true'], signal)).toEqual({ exitCode: 0, output: '' });
    });

    it('keeps the first 4 KiB, and no half character', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.talker`);
      const { exitCode, output } = await docker.exec(id, ['sh', '-c', 'printf x; yes é | head -n 100000'], signal);
      expect(exitCode).toBe(0);
      expect(output).toBe(`x${'é\n'.repeat(1365)}`);
    });

    it('fails with an exit code where there is no such program', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.lacking`);
      const { exitCode, output } = await docker.exec(id, ['no-such-program'], signal);
      expect([126, 127]).toContain(exitCode);
      expect(output).toContain('no-such-program');
    });

    it('knows by the container what asks it to end, whatever is desired by then', async () => {
      const { owner, runMember } = use();
      const delayedShutdownCmd = ['sh', '-c', 'echo "bye, bye"'];
      expect(await runMember(`${owner}.asked`, { delayedShutdownCmd })).toMatchObject({ delayedShutdownCmd });
      expect(await runMember(`${owner}.unasked`)).toMatchObject({ delayedShutdownCmd: [] });
    });

    it('asks to look again where the container does not run', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.ended`);
      await docker.stopContainer(id, 1_000, signal);
      await refusal(docker.exec(id, ['true'], signal), 'conflict');
      await docker.removeContainer(id, signal);
      await refusal(docker.exec(id, ['true'], signal), 'conflict');
    });

    it('stops listening when the signal aborts, with its reason', async () => {
      const { docker, owner, runMember } = use();
      const { id } = await runMember(`${owner}.slow`);
      const caller = new AbortController();
      const answer = docker.exec(id, ['sleep', '1000'], caller.signal);
      caller.abort(new Error('too slow'));
      await expect(answer).rejects.toThrow('too slow');
    });
  });
}
