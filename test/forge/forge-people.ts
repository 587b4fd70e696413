/** Who may be asking a forge, and what the token may do. */
export interface ForgePerson {
  readonly id: number;
  readonly login: string;
  /** As GitHub has it. */
  readonly type?: 'User' | 'Bot';
  readonly token: string;
  /** The token belongs to an app or a pipeline: nobody `GET /user` could show. */
  readonly isApp?: boolean;
  readonly mayWrite?: boolean;
}

export const PEOPLE = {
  /** Who the pipeline posts as, with a token of a person. */
  robot: { id: 7, login: 'fleet-robot', type: 'User', token: 'robot-token-0123456789', mayWrite: true },
  /** As GitHub Actions posts. */
  actions: {
    id: 41898282,
    login: 'github-actions[bot]',
    type: 'Bot',
    token: 'ghs_actions0123456789',
    isApp: true,
    mayWrite: true,
  },
  /** As Gitea Actions posts. */
  giteaActions: { id: -2, login: 'gitea-actions', token: 'gitea-actions-0123456789', isApp: true, mayWrite: true },
  /** A pull request from a fork: the token may only read. */
  reader: { id: 41898282, login: 'github-actions[bot]', type: 'Bot', token: 'ghs_reader0123456789', isApp: true },
  /** Somebody else. */
  mallory: { id: 66, login: 'mallory', type: 'User', token: 'mallory-token-0123456789', mayWrite: true },
} as const satisfies Record<string, ForgePerson>;

export function personOf(token: string | undefined): ForgePerson | undefined {
  return Object.values<ForgePerson>(PEOPLE).find((person) => person.token === token);
}

export interface StoredComment {
  readonly id: number;
  readonly author: ForgePerson;
  body: string;
  /** GitLab tells of pushes and labels so. */
  readonly system?: boolean;
}

/** The comments of one pull request. */
export interface CommentStore {
  readonly all: readonly StoredComment[];
  add(author: ForgePerson, body: string, system?: boolean): StoredComment;
  find(id: string): StoredComment | undefined;
  remove(comment: StoredComment): void;
}

export function createCommentStore(): CommentStore {
  let nextId = 1000;
  const all: StoredComment[] = [];
  return {
    all,
    add(author, body, system = false) {
      const comment = { id: (nextId += 1), author, body, system };
      all.push(comment);
      return comment;
    },
    find: (id) => all.find((comment) => String(comment.id) === id),
    remove: (comment) => void all.splice(all.indexOf(comment), 1),
  };
}
