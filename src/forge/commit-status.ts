import { ask, type ForgeApi } from './ask.ts';
import { ForgeError, type ForgeKind } from './port.ts';

/** Where the statuses of commits are set. */
export interface StatusPlace {
  readonly forge: ForgeKind;
  /** As `PullRequest.api`. */
  readonly api: string;
  /** As `PullRequest.repository`. */
  readonly repository: string;
}

export interface CommitStatus {
  /** In full. */
  readonly revision: string;
  readonly state: 'pending' | 'success' | 'failure';
  /** Tells the statuses of one commit apart: `fairlead/berlin`. */
  readonly context: string;
  readonly description: string;
  /** A page about it. */
  readonly link: string | undefined;
}

/** The most characters a description may have. */
export const DESCRIPTION_LIMITS = { github: 140, gitlab: 255, gitea: 255 } as const;

/**
 * Sets the status of a commit.
 * @throws ForgeError
 */
export async function setCommitStatus(
  place: StatusPlace,
  status: CommitStatus,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<void> {
  const { forge, api: url } = place;
  const api: ForgeApi = { url, headers: headersOf(forge, token), token };
  const path = pathOf(place, status.revision);
  try {
    await ask(api, { method: 'POST', path, body: bodyOf(forge, status) }, signal);
  } catch (error) {
    if (forge === 'gitlab' && isThere(error)) return;
    throw error;
  }
}

/** GitLab refuses a status that is the one there is: pending, which stays pending. */
function isThere(error: unknown): boolean {
  return error instanceof ForgeError && error.status === 400 && error.message.includes('Cannot transition status');
}

function headersOf(forge: ForgeKind, token: string): Readonly<Record<string, string>> {
  switch (forge) {
    case 'github':
      return {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
      };
    case 'gitlab':
      return { 'private-token': token, accept: 'application/json' };
    case 'gitea':
      return { authorization: `token ${token}`, accept: 'application/json' };
  }
}

function pathOf({ forge, repository }: StatusPlace, revision: string): string {
  const commit = encodeURIComponent(revision);
  if (forge === 'gitlab') return `/projects/${encodeURIComponent(repository)}/statuses/${commit}`;
  return `/repos/${repository.split('/').map(encodeURIComponent).join('/')}/statuses/${commit}`;
}

function bodyOf(forge: ForgeKind, { state, context, description, link }: CommitStatus) {
  const target = link === undefined ? {} : { target_url: link };
  if (forge !== 'gitlab') return { state, context, description, ...target };
  return { state: state === 'failure' ? 'failed' : state, name: context, description, ...target };
}
