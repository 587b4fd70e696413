import { PassThrough, Writable, type Readable } from 'node:stream';
import { orAborted } from '../../src/docker/deadline.ts';
import type { ExecOptions, ExecSession, TerminalSize } from '../../src/docker/port.ts';
import type { FakeContainer } from './fake-container.ts';
import type { FakeEngine } from './fake-engine.ts';

/** What a command has that somebody is connected with. */
export interface FakeTerminal {
  readonly stdin: Readable;
  /** Takes what is written also after the session was closed. */
  readonly stdout: Writable;
  /** Every size it was given, the first one included. */
  readonly sizes: TerminalSize[];
}

/** Resolves with its exit code. Destroyed streams mean that its container has ended. */
export type FakeProgram = (terminal: FakeTerminal, options: ExecOptions, container: FakeContainer) => Promise<number>;

interface Opening {
  readonly container: FakeContainer;
  readonly options: ExecOptions;
  /** Throws when the engine does not answer. */
  readonly ask: () => void;
}

const KILLED = 137;

/** The commands of a fake engine that somebody is connected with. */
export class FakeSessions {
  readonly #engine: FakeEngine;
  readonly #cuts = new Set<() => void>();

  constructor(engine: FakeEngine) {
    this.#engine = engine;
  }

  /** Every connection breaks; the commands run on. */
  cut(): void {
    for (const cut of this.#cuts) cut();
  }

  open({ container, options, ask }: Opening, program: FakeProgram): ExecSession {
    const output = new PassThrough();
    const input = options.stdin ? new PassThrough() : toNowhere();
    const stdin = input instanceof PassThrough ? input : new PassThrough().end();
    const sizes: TerminalSize[] = options.tty && options.size !== undefined ? [options.size] : [];
    for (const stream of [output, input, stdin]) stream.on('error', () => undefined);
    const killed = this.#killOf(container.id, stdin);
    const ran = program({ stdin, stdout: toOutput(output), sizes }, options, container);
    const ended = Promise.race([ran, killed]);
    let hasEnded = false;
    const leave = () => output.end();
    this.#cuts.add(leave);
    void ended.then(() => {
      hasEnded = true;
      this.#cuts.delete(leave);
      leave();
    });
    return {
      output,
      input,
      resize: async (size) => {
        ask();
        if (!hasEnded) sizes.push(size);
      },
      exitCode: async (signal) => {
        ask();
        const exitCode = await orAborted(ended, signal);
        return this.#engine.find(container.id) === undefined ? undefined : exitCode;
      },
      close: () => {
        this.#cuts.delete(leave);
        output.destroy();
        // As an engine does: the input ends, a terminal stays.
        if (!options.tty) input.end();
      },
    };
  }

  #killOf(id: string, stdin: PassThrough): Promise<number> {
    return new Promise((resolve) => {
      const tell = (ended: string) => {
        if (ended !== id) return;
        this.#engine.onEnd.delete(tell);
        stdin.destroy();
        resolve(KILLED);
      };
      this.#engine.onEnd.add(tell);
    });
  }
}

function toNowhere(): Writable {
  return new Writable({ write: (_bytes, _encoding, done) => done() });
}

/** At the pace of its reader, as long as there is one. */
function toOutput(output: PassThrough): Writable {
  return new Writable({
    write: (bytes, _encoding, done) => {
      if (!output.writable || output.write(bytes)) {
        done();
        return;
      }
      const goOn = () => {
        output.off('drain', goOn);
        output.off('close', goOn);
        done();
      };
      output.on('drain', goOn);
      output.on('close', goOn);
    },
  });
}
