import { giteaPerson } from './gitea-comments.ts';
import { githubPerson } from './github-comments.ts';
import { gitlabPerson } from './gitlab-notes.ts';
import type { ForgePerson } from './forge-people.ts';
import { textOfBody, type ForgeAnswer, type ForgePart, type ForgeRequest } from './forge-server.ts';

/** As one commit has it, in the words of the forge. */
export interface StoredStatus {
  readonly revision: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly link: string | undefined;
}

export interface StatusStore {
  /** Oldest first. */
  readonly all: readonly StoredStatus[];
  add(status: StoredStatus): void;
}

export function createStatusStore(): StatusStore {
  const all: StoredStatus[] = [];
  return { all, add: (status) => void all.push(status) };
}

interface Rules {
  readonly path: RegExp;
  readonly person: (request: ForgeRequest) => ForgePerson | undefined;
  readonly states: readonly string[];
  readonly longest: number;
  readonly contextKey: string;
  readonly forbidden: ForgeAnswer;
  readonly invalid: (message: string) => ForgeAnswer;
  readonly unknownCommit: ForgeAnswer;
  /** What stands against a further status of the same commit and context. */
  readonly refuses?: (former: StoredStatus | undefined, state: string) => ForgeAnswer | undefined;
}

/** https://docs.github.com/rest/commits/statuses */
export function githubStatuses(repository: string, store: StatusStore): ForgePart {
  return statuses(store, {
    path: new RegExp(`^/repos/${repository}/statuses/([^/]+)$`),
    person: githubPerson,
    states: ['error', 'failure', 'pending', 'success'],
    longest: 140,
    contextKey: 'context',
    forbidden: { status: 403, body: { message: 'Resource not accessible by integration', status: '403' } },
    invalid: (message) => ({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ resource: 'Status', message }] },
    }),
    unknownCommit: { status: 422, body: { message: 'No commit found for SHA', status: '422' } },
  });
}

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
export function gitlabStatuses(project: string, store: StatusStore): ForgePart {
  return statuses(store, {
    path: new RegExp(`^/api/v4/projects/${encodeURIComponent(project)}/statuses/([^/]+)$`),
    person: gitlabPerson,
    states: ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'],
    longest: 255,
    contextKey: 'name',
    forbidden: { status: 403, body: { message: '403 Forbidden' } },
    invalid: (message) => ({ status: 400, body: { message } }),
    unknownCommit: { status: 404, body: { message: '404 Commit Not Found' } },
    refuses: (former, state) =>
      former?.state === 'pending' && state === 'pending'
        ? {
            status: 400,
            body: {
              message:
                'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")',
            },
          }
        : undefined,
  });
}

/** https://docs.gitea.com/api: repoCreateStatus */
export function giteaStatuses(repository: string, store: StatusStore): ForgePart {
  return statuses(store, {
    path: new RegExp(`^/api/v1/repos/${repository}/statuses/([^/]+)$`),
    person: giteaPerson,
    states: ['pending', 'success', 'error', 'failure', 'warning'],
    longest: 255,
    contextKey: 'context',
    forbidden: { status: 403, body: { message: 'user should have a permission to write to a repo' } },
    invalid: (message) => ({ status: 422, body: { message } }),
    unknownCommit: { status: 404, body: { message: 'object does not exist' } },
  });
}

function statuses(store: StatusStore, rules: Rules): ForgePart {
  return (request) => {
    const revision = rules.path.exec(request.path)?.[1];
    const person = rules.person(request);
    if (revision === undefined || person === undefined || request.method !== 'POST') return undefined;
    if (person.mayWrite !== true) return rules.forbidden;
    if (!/^[0-9a-f]{40}$/.test(revision) || /^0+$/.test(revision)) return rules.unknownCommit;
    const text = (key: string) => textOfBody(request, key);
    const status = {
      revision,
      state: text('state') ?? '',
      context: text(rules.contextKey) ?? 'default',
      description: text('description') ?? '',
      link: text('target_url'),
    };
    if (!rules.states.includes(status.state)) return rules.invalid('state is not included in the list');
    if (status.description.length > rules.longest)
      return rules.invalid(`description is too long (maximum is ${rules.longest})`);
    const former = store.all.findLast((one) => one.revision === revision && one.context === status.context);
    const refusal = rules.refuses?.(former, status.state);
    if (refusal !== undefined) return refusal;
    store.add(status);
    return { status: 201, body: { id: store.all.length, ...status } };
  };
}
