import { ask, type ForgeApi } from './ask.ts';
import { everyPage, isRecord, nextLink } from './pages.ts';
import { ForgeError, type Comment, type CommentThread, type PullRequest } from './port.ts';

/** GitHub counts 65,536 characters; what it counts as one is not always one here. */
const GITHUB_LIMIT = 65_000;
/** Gitea has no limit of its own; what nobody would read is no use. */
const GITEA_LIMIT = 250_000;

/** Comments of pull requests of GitHub and Gitea, which are those of the issue behind it, by the same paths. */
export function openIssueComments({ forge, api: url, repository, number }: PullRequest, token: string): CommentThread {
  const isGitHub = forge === 'github';
  const headers = isGitHub
    ? {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
      }
    : { authorization: `token ${token}`, accept: 'application/json' };
  const api: ForgeApi = { url, headers, token };
  const repo = `/repos/${repository.split('/').map(encodeURIComponent).join('/')}`;
  const thread = `${repo}/issues/${number}/comments`;
  const comment = (id: string) => `${repo}/issues/comments/${encodeURIComponent(id)}`;
  return {
    limit: isGitHub ? GITHUB_LIMIT : GITEA_LIMIT,
    async list(signal) {
      const self = await readSelf(api, signal);
      const entries = await everyPage(api, `${thread}?per_page=100`, { next: nextLink, signal });
      return entries.map((entry) => toComment(entry, self));
    },
    async create(body, signal) {
      await ask(api, { method: 'POST', path: thread, body: { body } }, signal);
    },
    async update(id, body, signal) {
      await ask(api, { method: 'PATCH', path: comment(id), body: { body } }, signal);
    },
    async remove(id, signal) {
      await ask(api, { method: 'DELETE', path: comment(id) }, signal);
    },
  };
}

/** Whether a user is the one the token belongs to. */
type Self = (user: Readonly<Record<string, unknown>>) => boolean;

/**
 * The token of a GitHub action or app belongs to nobody who could be asked for: then it is a bot. People cannot
 * be bots, and bots do not lay traps. (In Gitea, what runs actions has a negative number.)
 */
async function readSelf(api: ForgeApi, signal: AbortSignal): Promise<Self> {
  try {
    const { body } = await ask(api, { method: 'GET', path: '/user' }, signal);
    const id = isRecord(body) ? body['id'] : undefined;
    return (user) => id !== undefined && user['id'] === id;
  } catch (error) {
    if (!(error instanceof ForgeError) || error.retryAfterMs !== undefined) throw error;
    if (error.status !== 403 && error.status !== 404) throw error;
    return ({ type, id }) => type === 'Bot' || (typeof id === 'number' && id < 0);
  }
}

function toComment(entry: Readonly<Record<string, unknown>>, self: Self): Comment {
  const { id, body, user } = entry;
  return { id: String(id), body: typeof body === 'string' ? body : '', isOwn: isRecord(user) && self(user) };
}
