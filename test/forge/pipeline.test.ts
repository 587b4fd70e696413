import { describe, expect, it } from 'vitest';
import { findPullRequest, runPage } from '../../src/forge/pipeline.ts';

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/fleet',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_NUMBER: '3',
};
const GITLAB = {
  GITLAB_CI: 'true',
  CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
  CI_PROJECT_ID: '5',
  CI_MERGE_REQUEST_PROJECT_ID: '4',
  CI_MERGE_REQUEST_IID: '12',
  CI_JOB_URL: 'https://gitlab.example.com/acme/fleet/-/jobs/9',
};

const pullRequestEvent = { action: 'opened', number: 12, pull_request: { number: 12 } };

describe('the pull request a pipeline runs for', () => {
  it('is found on GitHub in the event', () => {
    const pullRequest = { forge: 'github', api: 'https://api.github.com', repository: 'acme/fleet', number: 12 };
    expect(findPullRequest({}, GITHUB, pullRequestEvent)).toEqual({ ok: true, pullRequest });
    expect(findPullRequest({}, GITHUB, { issue: { number: 12 } })).toEqual({ ok: true, pullRequest });
  });

  it('is found on Gitea and Forgejo, which say they are GitHub, too', () => {
    const env = { ...GITHUB, GITHUB_API_URL: 'https://git.example.com/api/v1/' };
    const pullRequest = { forge: 'gitea', api: 'https://git.example.com/api/v1', repository: 'acme/fleet', number: 12 };
    for (const variable of ['GITEA_ACTIONS', 'FORGEJO_ACTIONS'])
      expect(findPullRequest({}, { ...env, [variable]: 'true' }, pullRequestEvent)).toEqual({ ok: true, pullRequest });
  });

  it('is found on GitLab in the project it goes to', () => {
    expect(findPullRequest({}, GITLAB, undefined)).toEqual({
      ok: true,
      pullRequest: { forge: 'gitlab', api: GITLAB.CI_API_V4_URL, repository: '4', number: 12 },
    });
  });

  it('is what is named, before what the pipeline knows', () => {
    const named = { forge: 'gitlab', api: 'http://x:8080/api/v4', repository: 'a/b/c', number: '3' } as const;
    expect(findPullRequest(named, GITHUB, pullRequestEvent)).toEqual({
      ok: true,
      pullRequest: { ...named, number: 3 },
    });
  });

  it.each([
    ['this is no pipeline that is known', {}, {}],
    ['this pipeline runs for no pull request', {}, GITHUB],
    ['which API?', { forge: 'github', repository: 'a/b', number: '1' }, {}],
    ['which API?', { api: 'file:///etc/passwd', number: '1' }, GITHUB],
    ['--api holds credentials', { api: 'https://u:p@h', number: '1' }, GITHUB],
    ['which repository?', { repository: 'a/b/../c', number: '1' }, GITHUB],
    ['runs for no pull request', { number: '0x12' }, GITHUB],
  ] as const)('is told to be missing: %s', (sentence, named, env) => {
    const found = findPullRequest(named, env, undefined);
    expect(found).toEqual({ ok: false, problem: expect.stringContaining(sentence) as string });
    expect(JSON.stringify(found)).not.toContain('u:p');
  });
});

describe('the page of a run', () => {
  it('is the job of GitLab, the run of GitHub, the run by its number of Gitea', () => {
    expect(runPage(GITLAB)).toBe(GITLAB.CI_JOB_URL);
    expect(runPage(GITHUB)).toBe('https://github.com/acme/fleet/actions/runs/4711');
    expect(runPage({ ...GITHUB, GITEA_ACTIONS: 'true' })).toBe('https://github.com/acme/fleet/actions/runs/3');
    expect(runPage({})).toBeUndefined();
  });
});
