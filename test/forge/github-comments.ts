import { personOf, type CommentStore, type ForgePerson, type StoredComment } from './forge-people.ts';
import { textOfBody, type ForgeAnswer, type ForgePart, type ForgeRequest } from './forge-server.ts';

const MOST_CHARACTERS = 65_536;

/** https://docs.github.com/rest: who asks. GitHub wants a user agent of everybody. */
export function githubAccess(): ForgePart {
  return (request) => {
    if (request.headers['user-agent'] === undefined)
      return { status: 403, body: { message: 'Request forbidden by administrative rules.' } };
    const person = githubPerson(request);
    if (person === undefined)
      return { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } };
    if (request.path !== '/user') return undefined;
    return person.isApp === true ? notAccessible() : { status: 200, body: toUser(person) };
  };
}

export function githubPerson({ headers }: ForgeRequest): ForgePerson | undefined {
  return personOf(/^(?:Bearer|token) (.+)$/.exec(headers.authorization ?? '')?.[1]);
}

/** Comments of pull request `number` of `owner/name`. */
export function githubComments(repository: string, number: number, store: CommentStore): ForgePart {
  const list = `/repos/${repository}/issues/${number}/comments`;
  const one = new RegExp(`^/repos/${repository}/issues/comments/(\\d+)$`);
  return (request) => {
    const { method, path } = request;
    const person = githubPerson(request);
    if (person === undefined) return undefined;
    if (path === list && method === 'GET') return pageOf(request, store.all);
    const id = one.exec(path)?.[1];
    const isWrite = (path === list && method === 'POST') || (id !== undefined && ['PATCH', 'DELETE'].includes(method));
    if (!isWrite) return undefined;
    if (person.mayWrite !== true) return notAccessible();
    const found = id === undefined ? undefined : store.find(id);
    if (id !== undefined && found === undefined) return undefined;
    if (method === 'DELETE' && found !== undefined) {
      store.remove(found);
      return { status: 204 };
    }
    const body = textOfBody(request, 'body');
    if (body === undefined || body.length > MOST_CHARACTERS) return unprocessable(body);
    const comment = found ?? store.add(person, body);
    comment.body = body;
    return { status: found === undefined ? 201 : 200, body: toComment(comment) };
  };
}

function pageOf({ query, origin, path }: ForgeRequest, all: readonly StoredComment[]): ForgeAnswer {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const page = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (to: number, rel: string) => `<${origin}${path}?per_page=${size}&page=${to}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return {
    status: 200,
    ...(links.length > 0 && { headers: { link: links.join(', ') } }),
    body: all.slice((page - 1) * size, page * size).map(toComment),
  };
}

function notAccessible(): ForgeAnswer {
  return { status: 403, body: { message: 'Resource not accessible by integration', status: '403' } };
}

function unprocessable(body: string | undefined): ForgeAnswer {
  const message = body === undefined ? 'body is missing' : 'Body is too long (maximum is 65536 characters)';
  const errors = [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message }];
  return { status: 422, body: { message: 'Validation Failed', errors } };
}

function toUser({ id, login, type = 'User' }: ForgePerson) {
  return { id, login, type };
}

function toComment({ id, body, author }: StoredComment) {
  return { id, body, user: toUser(author) };
}
