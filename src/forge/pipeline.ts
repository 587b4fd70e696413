import { FORGES, type ForgeKind, type PullRequest } from './port.ts';

/** What a person says beside what the pipeline knows. */
export interface NamedPullRequest {
  readonly forge?: ForgeKind | undefined;
  readonly api?: string | undefined;
  readonly repository?: string | undefined;
  readonly number?: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type FoundPullRequest =
  { readonly ok: true; readonly pullRequest: PullRequest } | { readonly ok: false; readonly problem: string };

/**
 * The pull request that a pipeline runs for: from the variables of GitHub Actions, GitLab CI, Gitea and Forgejo Actions;
 * what is named beats them.
 * @param event what stands in the file of GITHUB_EVENT_PATH, parsed
 */
export function findPullRequest(named: NamedPullRequest, env: Environment, event: unknown): FoundPullRequest {
  const forge = named.forge ?? forgeOf(env);
  if (forge === undefined)
    return fail(
      `this is no pipeline that is known; say --forge ${FORGES.join('|')}, --api, --repository, --pull-request`,
    );
  const known = forge === 'gitlab' ? ofGitLab(env) : ofActions(env, event);
  const { api, repository, number } = { ...known, ...defined(named) };
  const parsed = api !== undefined && URL.canParse(api) ? new URL(api) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return fail('which API? Say --api URL (such as https://gitlab.example.com/api/v4)');
  if (parsed.username !== '' || parsed.password !== '')
    return fail('--api holds credentials; give the token by a variable or --token-file FILE');
  const isRepository = forge === 'gitlab' ? /^\d+$|^[^\s/]+(\/[^\s/]+)+$/ : /^[^\s/]+\/[^\s/]+$/;
  if (repository === undefined || !isRepository.test(repository))
    return fail('which repository? Say --repository OWNER/NAME');
  if (number === undefined || !/^[1-9]\d{0,15}$/.test(number))
    return fail('this pipeline runs for no pull request; run it for one, or say --pull-request N');
  const url = `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`;
  return { ok: true, pullRequest: { forge, api: url, repository, number: Number(number) } };
}

/** The page of this run of the pipeline. */
export function runPage(env: Environment): string | undefined {
  const { CI_JOB_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_NUMBER } = env;
  if (CI_JOB_URL !== undefined) return CI_JOB_URL;
  // Gitea's pages go by the number.
  const run = forgeOf(env) === 'gitea' ? GITHUB_RUN_NUMBER : GITHUB_RUN_ID;
  if (GITHUB_SERVER_URL === undefined || GITHUB_REPOSITORY === undefined || run === undefined) return undefined;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${run}`;
}

/** The variables a token may be in, the first that is set counts. */
export function tokenVariables(forge: ForgeKind): readonly string[] {
  const own = { github: ['GITHUB_TOKEN'], gitlab: ['GITLAB_TOKEN'], gitea: ['GITEA_TOKEN', 'GITHUB_TOKEN'] };
  return ['FAIRLEAD_FORGE_TOKEN', ...own[forge]];
}

function forgeOf(env: Environment): ForgeKind | undefined {
  // Gitea and Forgejo say they are GitHub, too.
  if (env['GITEA_ACTIONS'] === 'true' || env['FORGEJO_ACTIONS'] === 'true') return 'gitea';
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  return env['GITLAB_CI'] === 'true' ? 'gitlab' : undefined;
}

type Known = Readonly<Record<'api' | 'repository' | 'number', string | undefined>>;

function ofActions(env: Environment, event: unknown): Known {
  const number = [at(event, 'pull_request', 'number'), at(event, 'issue', 'number'), at(event, 'number')].find(
    (value) => typeof value === 'number',
  );
  return {
    api: env['GITHUB_API_URL'],
    repository: env['GITHUB_REPOSITORY'],
    number: number === undefined ? undefined : String(number),
  };
}

function ofGitLab(env: Environment): Known {
  // Of a fork, the merge request is in the project it goes to.
  const repository = env['CI_MERGE_REQUEST_PROJECT_ID'] ?? env['CI_PROJECT_ID'];
  return { api: env['CI_API_V4_URL'], repository, number: env['CI_MERGE_REQUEST_IID'] };
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return (inner as Readonly<Record<string, unknown>>)[key];
  }, value);
}

function defined({ api, repository, number }: NamedPullRequest): Partial<Known> {
  return Object.fromEntries(Object.entries({ api, repository, number }).filter(([, value]) => value !== undefined));
}

function fail(problem: string): FoundPullRequest {
  return { ok: false, problem };
}
