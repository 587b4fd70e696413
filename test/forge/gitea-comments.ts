import { personOf, type CommentStore, type ForgePerson, type StoredComment } from './forge-people.ts';
import { textOfBody, type ForgeAnswer, type ForgePart, type ForgeRequest } from './forge-server.ts';

/** https://docs.gitea.com/development/api-usage: who asks, below `/api/v1`. */
export function giteaAccess(): ForgePart {
  return (request) => {
    const person = giteaPerson(request);
    if (person === undefined)
      return { status: 401, body: { message: 'token is required', url: `${request.origin}/api/swagger` } };
    if (request.path !== '/api/v1/user') return undefined;
    return person.isApp === true ? forbidden(request) : { status: 200, body: toUser(person) };
  };
}

export function giteaPerson({ headers }: ForgeRequest): ForgePerson | undefined {
  return personOf(/^(?:token|Bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1]);
}

/** Comments of pull request `number` of `owner/name`; Gitea lists all of them on one page. */
export function giteaComments(repository: string, number: number, store: CommentStore): ForgePart {
  const list = `/api/v1/repos/${repository}/issues/${number}/comments`;
  const one = new RegExp(`^/api/v1/repos/${repository}/issues/comments/(\\d+)$`);
  return (request) => {
    const { method, path } = request;
    const person = giteaPerson(request);
    if (person === undefined) return undefined;
    if (path === list && method === 'GET')
      return { status: 200, headers: { 'x-total-count': String(store.all.length) }, body: store.all.map(toComment) };
    if (path === list && method === 'POST') {
      if (person.mayWrite !== true) return forbidden(request);
      return { status: 201, body: toComment(store.add(person, textOfBody(request, 'body') ?? '')) };
    }
    const found = store.find(one.exec(path)?.[1] ?? '');
    if (found === undefined) return undefined;
    if (found.author !== person) return forbidden(request);
    if (method === 'PATCH') {
      found.body = textOfBody(request, 'body') ?? found.body;
      return { status: 200, body: toComment(found) };
    }
    if (method !== 'DELETE') return undefined;
    store.remove(found);
    return { status: 204 };
  };
}

function forbidden({ origin }: ForgeRequest): ForgeAnswer {
  return { status: 403, body: { message: 'user should have specific permission', url: `${origin}/api/swagger` } };
}

function toUser({ id, login }: ForgePerson) {
  return { id, login, login_name: '' };
}

function toComment({ id, body, author }: StoredComment) {
  return { id, body, user: toUser(author) };
}
