import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openRepository } from '../../src/git/open.ts';
import type { GitPort } from '../../src/git/port.ts';
import type { Admission, VerifyMode } from '../../src/signatures/admission.ts';
import { createGate } from '../../src/verification/gate.ts';
import { openKeyFiles } from '../../src/verification/key-files.ts';
import { createVerifiedMemory } from '../../src/verification/verified-memory.ts';
import { startGitServer, type GitServer } from '../git/git-server.ts';
import { createSignedRepository, type SignedRepository } from '../signatures/signed-repository.ts';
import { createSshSigner, type Signer } from '../signatures/signers.ts';

const never = new AbortController().signal;

export type Kind = 'local' | 'remote';

/** A repository that is new for each test, on this machine and behind a server, with people who sign. */
export interface Scene {
  readonly repository: SignedRepository;
  /** Trusted. */
  readonly alice: Signer;
  /** Not trusted, unless a test says so. */
  readonly mallory: Signer;
  readonly server: GitServer;
  /** A file of trusted keys. */
  readonly keyFile: string;
}

export interface GateSettings {
  readonly kind?: Kind;
  readonly mode?: VerifyMode;
  readonly limit?: number;
  /** Of the state folder: a gate of the same name is the next daemon there. */
  readonly state?: string;
  /** Of the copy of a remote repository. */
  readonly store?: string;
  readonly now?: () => number;
}

export interface OpenedGate {
  /** Fetches, and asks which revision may be in force. */
  look(): Promise<Admission>;
  /** Calls of the port since last asked, by name. */
  calls(): readonly string[];
  readonly git: GitPort;
  readonly problems: readonly string[];
  judge: ReturnType<typeof createGate>['judge'];
}

/** For the top of a test file. */
export function setGateScene(): Scene & { open(settings?: GateSettings): Promise<OpenedGate> } {
  const scene: { -readonly [K in keyof Scene]?: Scene[K] } = {};
  let root: string;
  let folder: string;
  let tests = 0;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'fairlead-gate-'));
    scene.alice = await createSshSigner(path.join(root, 'ssh'), 'alice');
    scene.mallory = await createSshSigner(path.join(root, 'ssh'), 'mallory');
    scene.server = await startGitServer({ root });
  });
  afterAll(async () => {
    await scene.server?.stop();
    await rm(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    tests += 1;
    folder = path.join(root, `test-${tests}`);
    scene.repository = await createSignedRepository(path.join(folder, 'repo'));
    scene.keyFile = path.join(folder, 'keys');
    await writeFile(scene.keyFile, scene.alice!.publicKey);
  });
  const open = async (settings: GateSettings = {}): Promise<OpenedGate> => {
    const { kind = 'local', mode = 'commit', limit = 100, state = 'state', store = state, now = Date.now } = settings;
    const { repository, server, keyFile } = scene as Scene;
    const location = kind === 'local' ? repository.path : `${server.url}/${path.basename(folder)}/repo`;
    const stateDir = path.join(folder, state);
    const directory = path.join(folder, `git-${store}`);
    await mkdir(stateDir, { recursive: true });
    const { git, calls } = counting(openRepository(location, { branch: 'main', treePath: '.', directory }));
    const problems: string[] = [];
    const onProblem = (problem: string) => void problems.push(problem);
    const keys = await openKeyFiles({ paths: [keyFile], onProblem });
    const memory = createVerifiedMemory({ stateDir, repository: location, branch: 'main', mode, onProblem });
    const gate = createGate({ mode, git, keys, memory, limit, now });
    const look = async () => await gate.admit((await git.fetch(never)).revision, never);
    return { git, calls, problems, look, judge: (commit, signal) => gate.judge(commit, signal) };
  };
  return Object.assign(scene as Scene, { open });
}

function counting(git: GitPort): { readonly git: GitPort; readonly calls: () => readonly string[] } {
  let calls: string[] = [];
  const proxy = new Proxy(git, {
    get: (target, name: keyof GitPort) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]): unknown => {
        calls.push(name);
        return method.apply(target, args);
      };
    },
  });
  return {
    git: proxy,
    calls: () => {
      const before = calls;
      calls = [];
      return before;
    },
  };
}
