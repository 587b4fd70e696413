import { ask, type Answer, type ForgeApi } from './ask.ts';
import { everyPage, isRecord } from './pages.ts';
import type { CommentThread, PullRequest } from './port.ts';

/** GitLab takes a million; what nobody would read is no use, and its pages get slow long before. */
const LIMIT = 250_000;

/** Comments of merge requests of GitLab. */
export function openMergeRequestNotes({ api: url, repository, number }: PullRequest, token: string): CommentThread {
  const api: ForgeApi = { url, headers: { 'private-token': token, accept: 'application/json' }, token };
  const thread = `/projects/${encodeURIComponent(repository)}/merge_requests/${number}/notes`;
  const note = (id: string) => `${thread}/${encodeURIComponent(id)}`;
  return {
    limit: LIMIT,
    async list(signal) {
      const { body: self } = await ask(api, { method: 'GET', path: '/user' }, signal);
      const first = `${thread}?sort=asc&order_by=created_at&per_page=100`;
      const next = ({ headers }: Answer) => {
        const page = headers.get('x-next-page') ?? '';
        return /^\d+$/.test(page) ? `${first}&page=${page}` : undefined;
      };
      const entries = await everyPage(api, first, { next, signal });
      return entries
        .filter(({ system }) => system !== true)
        .map(({ id, body, author }) => ({
          id: String(id),
          body: typeof body === 'string' ? body : '',
          isOwn: isRecord(author) && isRecord(self) && author['id'] === self['id'],
        }));
    },
    async create(body, signal) {
      await ask(api, { method: 'POST', path: thread, body: { body } }, signal);
    },
    async update(id, body, signal) {
      await ask(api, { method: 'PUT', path: note(id), body: { body } }, signal);
    },
    async remove(id, signal) {
      await ask(api, { method: 'DELETE', path: note(id) }, signal);
    },
  };
}
