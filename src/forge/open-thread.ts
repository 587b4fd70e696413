import { openIssueComments } from './issue-comments.ts';
import { openMergeRequestNotes } from './merge-request-notes.ts';
import type { CommentThread, PullRequest } from './port.ts';

/** The comments of a pull request, whichever forge it is on. */
export function openThread(pullRequest: PullRequest, token: string): CommentThread {
  switch (pullRequest.forge) {
    case 'gitlab':
      return openMergeRequestNotes(pullRequest, token);
    case 'github':
    case 'gitea':
      return openIssueComments(pullRequest, token);
    default:
      return pullRequest.forge satisfies never;
  }
}
