import { askEngine } from '../../engine-hosts/engine-client.ts';
import { ENGINE } from './daemon-process.ts';
import { inspect } from './engine-view.ts';

/** One life of a container, as the engine tells it. Times are RFC 3339, which compare as text. */
export interface Life {
  readonly pid: number;
  readonly status: string;
  readonly exitCode: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** By the engine, since it was made or last started by somebody. */
  readonly restartCount: number;
}

export async function lifeOf(name: string): Promise<Life> {
  const { State, RestartCount } = await inspect<{
    readonly State: {
      readonly Pid: number;
      readonly Status: string;
      readonly ExitCode: number;
      readonly StartedAt: string;
      readonly FinishedAt: string;
    };
    readonly RestartCount: number;
  }>(name);
  return {
    pid: State.Pid,
    status: State.Status,
    exitCode: State.ExitCode,
    startedAt: State.StartedAt,
    finishedAt: State.FinishedAt,
    restartCount: RestartCount,
  };
}

/** The lives of several containers by their names: equal before and after, nothing was restarted between. */
export async function livesOf(names: readonly string[]): Promise<Readonly<Record<string, Life>>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await lifeOf(name)] as const)));
}

/** `restart`, `kill`, `stop`, `start`: what somebody does to a container by hand. */
export async function act(name: string, action: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
  await askEngine(ENGINE, `/containers/${name}/${action}`, { method: 'POST', query });
}
