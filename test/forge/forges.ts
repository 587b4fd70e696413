import {
  createStatusStore,
  giteaStatuses,
  githubStatuses,
  gitlabStatuses,
  type StatusStore,
} from './commit-statuses.ts';
import { githubAccess, githubComments } from './github-comments.ts';
import { giteaAccess, giteaComments } from './gitea-comments.ts';
import { gitlabAccess, gitlabNotes } from './gitlab-notes.ts';
import { createCommentStore, type CommentStore } from './forge-people.ts';
import { startForge, type ForgeServer } from './forge-server.ts';
import type { ForgeKind, PullRequest } from '../../src/forge/port.ts';

/** A forge with pull request 12 of acme/fleet. */
export interface Forge extends ForgeServer {
  readonly pullRequest: PullRequest;
  readonly comments: CommentStore;
  /** Of its commits; every one exists that is 40 hexadecimal digits long, and not all zeros. */
  readonly statuses: StatusStore;
}

export async function startForgeOf(forge: ForgeKind): Promise<Forge> {
  const comments = createCommentStore();
  const statuses = createStatusStore();
  const [repository, number] = ['acme/fleet', 12];
  const { parts, missing, base } = {
    github: {
      parts: [githubAccess(), githubComments(repository, number, comments), githubStatuses(repository, statuses)],
      missing: { message: 'Not Found', status: '404' },
      base: '',
    },
    gitlab: {
      parts: [gitlabAccess(), gitlabNotes(repository, number, comments), gitlabStatuses(repository, statuses)],
      missing: { message: '404 Project Not Found' },
      base: '/api/v4',
    },
    gitea: {
      parts: [giteaAccess(), giteaComments(repository, number, comments), giteaStatuses(repository, statuses)],
      missing: { message: 'The target could not be found.', errors: null },
      base: '/api/v1',
    },
  }[forge];
  const server = await startForge(parts, missing);
  return { ...server, comments, statuses, pullRequest: { forge, api: `${server.origin}${base}`, repository, number } };
}
