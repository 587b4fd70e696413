import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { EngineEvent, ExecOptions, ExecSession } from '../../src/docker/port.ts';
import { refusal, type Ground } from './docker-contract.ts';
import { expectRepeated, writeRepeated } from './many-bytes.ts';
import { waitFor } from './wait.ts';

const SESSIONS = 50;
const MEBIBYTES = 64;

export function describeSessions(use: () => Ground): void {
  const open = (id: string, cmd: readonly string[], options: Partial<ExecOptions> = {}): Promise<ExecSession> =>
    use().docker.openExec(id, { cmd, tty: false, stdin: false, ...options }, use().signal);
  const exitOf = (session: ExecSession) => session.exitCode(use().signal);

  describe('a command one is connected with', () => {
    it('says what it has to say on either output, then its exit code', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-said`);
      const session = await open(id, ['sh', '-c', 'echo out; echo err >&2; exit 3']);
      expect((await text(session.output)).trim().split('\n').sort()).toEqual(['err', 'out']);
      expect(await exitOf(session)).toBe(3);
    });

    it('reads what is written until that ends', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-reader`);
      const session = await open(id, ['cat'], { stdin: true });
      session.input.write('hel');
      session.input.end('lo');
      expect(await text(session.output)).toBe('hello');
      expect(await exitOf(session)).toBe(0);
    });

    it('finds no input where none was asked for, and what is written then is dropped', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-deaf`);
      const session = await open(id, ['cat']);
      await new Promise<void>((resolve) => session.input.end('hello', resolve));
      expect(await text(session.output)).toBe('');
      expect(await exitOf(session)).toBe(0);
    });

    it(`carries ${MEBIBYTES} MiB each way unchanged`, async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-carrier`);
      const session = await open(id, ['cat'], { stdin: true });
      const megabyte = randomBytes(1 << 20);
      const written = writeRepeated(session.input, megabyte, MEBIBYTES);
      expect(await expectRepeated(session.output, megabyte)).toBe(MEBIBYTES << 20);
      await written;
      expect(await exitOf(session)).toBe(0);
    });

    it(`is one of ${SESSIONS} at once`, async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-crowd`);
      const answers = await Promise.all(
        Array.from({ length: SESSIONS }, async (_, at) => {
          const session = await open(id, ['cat'], { stdin: true });
          session.input.end(`hello ${at}`);
          return await text(session.output);
        }),
      );
      expect(answers).toEqual(answers.map((_, at) => `hello ${at}`));
    });

    it('has the size of its terminal from the start, and the next one after that', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-terminal`);
      const size = { rows: 40, columns: 123 };
      const session = await open(id, ['sh', '-c', 'read go; stty size; read go; stty size'], {
        ...{ tty: true, stdin: true, size },
      });
      const untilSaid = listen(session);
      session.input.write('\r');
      await untilSaid('40 123');
      await session.resize({ rows: 24, columns: 80 });
      session.input.write('\r');
      await untilSaid('24 80');
      expect(await exitOf(session)).toBe(0);
      await session.resize({ rows: 1, columns: 1 });
    });

    it('at a terminal ends with its input, a line that was begun or not', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-typist`);
      for (const typed of ['hello\r', 'hello']) {
        const session = await open(id, ['cat'], { tty: true, stdin: true });
        session.input.end(typed);
        expect(await text(session.output)).toMatch(/^hello\s*hello\s*$/);
        expect(await exitOf(session)).toBe(0);
      }
    });

    it('that is not there ends with the exit code of a shell and the engine’s words', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-without`);
      const session = await open(id, ['no-such-program']);
      expect(await text(session.output)).toContain('no-such-program');
      expect([126, 127]).toContain(await exitOf(session));
    });

    it('ends with its container, and its exit code may be unknown then', async () => {
      const { docker, engine, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.x-victim`);
      const session = await open(id, ['cat'], { stdin: true });
      await echoed(session);
      const said = text(session.output);
      await engine.killByHand(`${owner}.x-victim`);
      expect(await said).toBe('');
      expect([137, undefined]).toContain(await exitOf(session));
      await docker.removeContainer(id, signal);
      expect(await exitOf(session)).toBeUndefined();
    });

    it('is let go at once, and runs on', async () => {
      const { owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-left`);
      const session = await open(id, ['sleep', '1000']);
      session.close();
      await once(session.output, 'close');
      const enough = new AbortController();
      const end = session.exitCode(enough.signal);
      enough.abort(new Error('it runs on'));
      await expect(end).rejects.toThrow('it runs on');
    });

    it('ends with the connection to the engine', async () => {
      const { engine, owner, runMember } = use();
      const { id } = await runMember(`${owner}.x-cut`);
      const session = await open(id, ['cat'], { stdin: true });
      await echoed(session);
      const said = text(session.output);
      await engine.cutConnections();
      expect(await said).toBe('');
    });

    it('needs a container that runs', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.x-asleep`);
      await docker.stopContainer(id, 1_000, signal);
      await refusal(open(id, ['true']), 'conflict');
      await docker.removeContainer(id, signal);
      await refusal(open(id, ['true']), 'conflict');
    });

    it('is nothing the events tell of', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.x-quiet`);
      const caller = new AbortController();
      const events = docker.events(caller.signal)[Symbol.asyncIterator]();
      await events.next();
      const session = await open(id, ['true']);
      session.output.resume();
      await exitOf(session);
      const last = `${owner}.x-quiet.renamed`;
      await docker.renameContainer(id, last, signal);
      const seen: EngineEvent[] = [];
      for (;;) {
        const { value } = (await events.next()) as { readonly value: EngineEvent };
        if (value.kind === 'container' && value.id === id) seen.push(value);
        if (value.kind === 'container' && value.action === 'rename') break;
      }
      caller.abort();
      expect(seen.map((event) => event.kind === 'container' && event.action)).toEqual(['rename']);
    });
  });
}

/** Both ends are there. */
async function echoed({ input, output }: ExecSession): Promise<void> {
  input.write('x');
  await once(output, 'data');
  output.pause();
}

/** Waits until these words were said since the beginning. */
function listen({ output }: ExecSession): (words: string) => Promise<unknown> {
  let said = '';
  output.on('data', (bytes: Buffer) => (said += bytes.toString()));
  return (words) => waitFor(`"${words}"`, async () => said.includes(words));
}
