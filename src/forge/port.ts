/** A comment of a pull request (a note of a merge request, where they are called so). */
export interface Comment {
  readonly id: string;
  readonly body: string;
  /** Whether whoever the token belongs to wrote it. */
  readonly isOwn: boolean;
}

/** The comments of one pull request. Every call may fail with a ForgeError. */
export interface CommentThread {
  /** The most characters a comment may have. */
  readonly limit: number;
  /** Oldest first. */
  list(signal: AbortSignal): Promise<readonly Comment[]>;
  create(body: string, signal: AbortSignal): Promise<void>;
  update(id: string, body: string, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
}

export const FORGES = ['github', 'gitlab', 'gitea'] as const;
/** `gitea` is Forgejo, too. */
export type ForgeKind = (typeof FORGES)[number];

/** Which pull request, and how to reach it. */
export interface PullRequest {
  readonly forge: ForgeKind;
  /** Of the API: `https://api.github.com`, `https://gitlab.example.com/api/v4`, `https://git.example.com/api/v1`. */
  readonly api: string;
  /** `owner/name`; the number or the full path of a project of GitLab. */
  readonly repository: string;
  readonly number: number;
}

/** What went wrong between here and the forge, as one sentence that never holds the token. */
export class ForgeError extends Error {
  /** Of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** How long to wait before asking again, in ms; undefined when asking again makes no sense. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { status, retryAfterMs }: { status?: number; retryAfterMs?: number | undefined } = {}) {
    super(message);
    this.name = 'ForgeError';
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}
