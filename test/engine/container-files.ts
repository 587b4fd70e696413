import type { DockerPort } from '../../src/docker/port.ts';
import type { SeenFile } from '../contract/files-rules.ts';

/** A file as a program inside a running container with a shell sees it; undefined: there is none. */
export async function readFile(docker: DockerPort, name: string, path: string): Promise<SeenFile | undefined> {
  const script = 'stat -L -c "%a %u %g" "$0" && sha256sum < "$0"';
  const { exitCode, output } = await docker.exec(name, ['sh', '-c', script, path], AbortSignal.timeout(20_000));
  if (exitCode !== 0) return undefined;
  const [mode = '', uid, gid, sha256 = ''] = output.split(/\s+/);
  return { mode: parseInt(mode, 8), uid: Number(uid), gid: Number(gid), sha256 };
}

/** The names in a folder of a running container, hidden ones too, sorted. */
export async function listFolder(docker: DockerPort, name: string, path: string): Promise<readonly string[]> {
  const { output } = await docker.exec(name, ['ls', '-A', '-1', path], AbortSignal.timeout(20_000));
  return output.trim().split('\n').sort();
}
