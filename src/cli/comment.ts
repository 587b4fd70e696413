import { readFile } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { fileReason } from '../file-reason.ts';
import { COMMENT_NAME } from '../forge/comment-body.ts';
import { keepComment, type CommentOutcome } from '../forge/keep-comment.ts';
import { openThread } from '../forge/open-thread.ts';
import { findPullRequest, runPage, tokenVariables } from '../forge/pipeline.ts';
import { ForgeError, FORGES, type ForgeKind, type PullRequest } from '../forge/port.ts';
import { interruptionCode, type CliIo } from './io.ts';

interface CommentFlags {
  readonly forge?: ForgeKind;
  readonly api?: string;
  readonly repository?: string;
  readonly pullRequest?: string;
  readonly tokenFile?: string;
  readonly name: string;
  readonly updateOnly?: boolean;
}

const DONE: Readonly<Record<CommentOutcome, string>> = {
  created: 'the pull request has a new comment',
  updated: 'the comment of the pull request is updated',
  unchanged: 'the comment of the pull request says so already',
  'not wanted': 'the pull request has no comment yet, and gets none',
};

/** `fairlead comment`: 0 the pull request has the comment, 1 not so, 2 usage. */
export function registerComment(program: Command, io: CliIo): void {
  program
    .command('comment')
    .description('keep one comment of a pull request up to date with a text')
    .argument('[FILE]', 'the text, as markdown; - is the standard input', '-')
    .option('--name <NAME>', 'tells several comments of one pull request apart', 'review')
    .option('--update-only', 'change a comment that is there, make none')
    .addOption(new Option('--forge <FORGE>', 'the kind of forge (default: what the pipeline runs on)').choices(FORGES))
    .option('--api <URL>', 'the address of its API (default: that of the pipeline)')
    .option('--repository <NAME>', 'owner/name, or the project (default: that of the pipeline)')
    .option('--pull-request <N>', 'the number (default: the one the pipeline runs for)')
    .option(
      '--token-file <FILE>',
      'a file with the token (default: FAIRLEAD_FORGE_TOKEN, GITHUB_TOKEN, GITLAB_TOKEN or GITEA_TOKEN)',
    )
    .action(async (file: string, flags: CommentFlags) => {
      io.setExitCode(await comment(file, flags, io));
    });
}

async function comment(file: string, flags: CommentFlags, io: CliIo): Promise<number> {
  const signal = io.interrupted();
  try {
    if (!COMMENT_NAME.test(flags.name))
      throw new UsageError(`--name ${flags.name} is no name (such as review, plan/north)`);
    const found = findPullRequest({ ...flags, number: flags.pullRequest }, io.env, await readEvent(io));
    if (!found.ok) throw new UsageError(found.problem);
    const token = await readToken(found.pullRequest, flags, io);
    const body = file === '-' ? await text(addAbortSignal(signal, io.stdin)) : await read(file);
    if (body.trim() === '') throw new UsageError('the text is empty; a comment says something');
    const outcome = await keepComment(
      openThread(found.pullRequest, token),
      { name: flags.name, text: body, elsewhere: runPage(io.env), updateOnly: flags.updateOnly === true },
      {
        sleep: (ms, until) => sleep(ms, undefined, { signal: until }),
        onWait: ({ message }, ms) => void io.stderr.write(`${message}; asking again in ${Math.ceil(ms / 1000)} s\n`),
        signal,
      },
    );
    io.stdout.write(`${DONE[outcome]}\n`);
    return 0;
  } catch (error) {
    if (signal.aborted) return interruptionCode(signal);
    if (error instanceof ForgeError) {
      io.stderr.write(`fairlead: ${error.message}${hintOn(error)}\n`);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`error: ${error.message}\n`);
    return 2;
  }
}

class UsageError extends Error {}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`the file ${file} cannot be read: ${fileReason(error)}`);
  }
}

/** What GitHub and Gitea tell of why they run the pipeline. */
async function readEvent({ env }: CliIo): Promise<unknown> {
  const { GITHUB_EVENT_PATH } = env;
  if (GITHUB_EVENT_PATH === undefined) return undefined;
  try {
    return JSON.parse(await readFile(GITHUB_EVENT_PATH, 'utf8'));
  } catch {
    return undefined;
  }
}

async function readToken({ forge }: PullRequest, { tokenFile }: CommentFlags, { env }: CliIo): Promise<string> {
  const names = tokenVariables(forge);
  const given =
    tokenFile === undefined ? names.map((name) => env[name]?.trim()).find(Boolean) : (await read(tokenFile)).trim();
  if (given === undefined || given === '')
    throw new UsageError(`there is no token; put it into ${names.join(' or ')}, or name a file with --token-file`);
  // Anything else breaks the header, and the error would show it.
  if (!/^[\x21-\x7e]+$/.test(given)) throw new UsageError('the token holds characters that no token has');
  return given;
}

/** What usually is the matter. */
function hintOn({ status, retryAfterMs }: ForgeError): string {
  if (status === 401) return '; is the token right, and still good?';
  if (status === 403 && retryAfterMs === undefined)
    return '; the token may not comment (GitHub: `permissions: pull-requests: write`; a pull request from a fork has a token that only reads)';
  return status === 404 ? '; is there such a pull request, and may the token see it?' : '';
}
