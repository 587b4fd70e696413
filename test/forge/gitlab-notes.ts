import { personOf, type CommentStore, type ForgePerson, type StoredComment } from './forge-people.ts';
import { textOfBody, type ForgeAnswer, type ForgePart, type ForgeRequest } from './forge-server.ts';

const MOST_CHARACTERS = 1_000_000;

/** https://docs.gitlab.com/api/rest/authentication: who asks, below `/api/v4`. */
export function gitlabAccess(): ForgePart {
  return (request) => {
    const person = gitlabPerson(request);
    if (person === undefined) return { status: 401, body: { message: '401 Unauthorized' } };
    if (request.path !== '/api/v4/user') return undefined;
    return { status: 200, body: toAuthor(person) };
  };
}

export function gitlabPerson({ headers }: ForgeRequest): ForgePerson | undefined {
  const token = headers['private-token'] ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return personOf(Array.isArray(token) ? token[0] : token);
}

/** https://docs.gitlab.com/api/notes/#merge-requests. @param project number, or full path not encoded */
export function gitlabNotes(project: string, number: number, store: CommentStore): ForgePart {
  const list = `/api/v4/projects/${encodeURIComponent(project)}/merge_requests/${number}/notes`;
  return (request) => {
    const { method, path } = request;
    const person = gitlabPerson(request);
    if (person === undefined || (path !== list && !path.startsWith(`${list}/`))) return undefined;
    if (path === list && method === 'GET') return pageOf(request, store.all);
    if (person.mayWrite !== true) return { status: 403, body: { message: '403 Forbidden' } };
    if (path === list && method === 'POST') return write(request, (body) => [201, store.add(person, body)]);
    const note = store.find(path.slice(list.length + 1));
    if (note === undefined) return { status: 404, body: { message: '404 Note Not Found' } };
    // Notes of others only their authors and maintainers may change.
    if (note.author !== person) return { status: 403, body: { message: '403 Forbidden' } };
    if (method === 'PUT') return write(request, (body) => [200, Object.assign(note, { body })]);
    if (method !== 'DELETE') return undefined;
    store.remove(note);
    return { status: 204 };
  };
}

function write(request: ForgeRequest, store: (body: string) => readonly [number, StoredComment]): ForgeAnswer {
  const body = textOfBody(request, 'body');
  if (body === undefined || body === '') return { status: 400, body: { error: 'body is missing' } };
  if (body.length > MOST_CHARACTERS)
    return { status: 400, body: { message: { note: ['is too long (maximum is 1000000 characters)'] } } };
  const [status, note] = store(body);
  return { status, body: toNote(note) };
}

function pageOf({ query }: ForgeRequest, all: readonly StoredComment[]): ForgeAnswer {
  const size = Math.min(Number(query.get('per_page') ?? 20), 100);
  const page = Number(query.get('page') ?? 1);
  const pages = Math.ceil(all.length / size);
  // Newest first unless it is asked otherwise.
  const sorted = query.get('sort') === 'asc' ? all : all.toReversed();
  return {
    status: 200,
    headers: {
      'x-page': String(page),
      'x-per-page': String(size),
      'x-total': String(all.length),
      'x-total-pages': String(pages),
      'x-next-page': page < pages ? String(page + 1) : '',
    },
    body: sorted.slice((page - 1) * size, page * size).map(toNote),
  };
}

function toAuthor({ id, login }: ForgePerson) {
  return { id, username: login, state: 'active' };
}

function toNote({ id, body, author, system = false }: StoredComment) {
  return { id, body, author: toAuthor(author), system, noteable_type: 'MergeRequest' };
}
