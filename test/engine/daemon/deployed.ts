import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startDaemon, type DaemonOptions, type DaemonProcess } from './daemon-process.ts';

/** A repository and the daemon that follows it. */
export interface Deployed {
  readonly repository: TestRepository;
  /** The first commit. */
  readonly revision: string;
  readonly daemon: DaemonProcess;
  /** Ends the daemon and removes the repository; what runs stays. */
  stop(): Promise<void>;
}

/** Commits these files to a new repository and starts a daemon on it. */
export async function deploy(
  owner: string,
  files: Readonly<Record<string, string>>,
  options: Pick<DaemonOptions, 'flags' | 'env'> = {},
): Promise<Deployed> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  const repository = await createRepository(join(folder, 'repo'));
  const revision = await repository.commit(files);
  const daemon = await startDaemon({ repository: repository.path, owner, ...options });
  const stop = async () => {
    await daemon.stop();
    await rm(folder, { recursive: true });
  };
  return { repository, revision, daemon, stop };
}
