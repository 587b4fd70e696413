import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import picocolors from 'picocolors';
import type { Paint } from './format-excerpt.ts';
import { formatProblems, PROBLEM_FORMATS, type ProblemFormat } from './format-problems.ts';
import { summarize } from './format-table.ts';
import { interruptionCode, type CliIo } from './io.ts';
import { openOutput } from './output.ts';
import { NoTreeError, readWorkingFile } from './read-working-tree.ts';
import { repositoryAround } from './repository-around.ts';
import { validateTree } from './validate.ts';

/** `fairlead validate`: 0 clean (warnings are), 1 problems, 2 usage (contract 1). */
export function registerValidate(program: Command, io: CliIo, version: string): void {
  program
    .command('validate')
    .description('check a working tree offline: schemas and references')
    .argument('[PATH]', 'the folder that holds tenants/', '.')
    .addOption(
      new Option(
        '--format <FORMAT>',
        'how problems are printed: github as annotations, gitlab as a Code Quality report, markdown as a comment',
      )
        .choices(PROBLEM_FORMATS)
        .default('text'),
    )
    .action(async (path: string, { format }: { format: ProblemFormat }) => {
      io.setExitCode(await validate(path, format, { io, version }));
    });
}

async function validate(
  path: string,
  format: ProblemFormat,
  { io, version }: { readonly io: CliIo; readonly version: string },
): Promise<number> {
  const signal = io.interrupted();
  try {
    const { problems, files } = await validateTree(path, { signal });
    const [folder, linesOf, paint] = [folderInRepository(path), lineReader(path), paintFor(io)];
    const text = formatProblems(problems, format, { files, version, folder, linesOf, paint });
    await openOutput(io.stdout).write(text);
    // Reports are for programs; a person who looks at the log of a pipeline wants to know, too.
    if (existsSync(join(path, 'tenants'))) io.stderr.write(`${summarize(problems, files)}\n`);
    else io.stderr.write(`note: there is no folder ${join(path, 'tenants')}, so nothing to check\n`);
    return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
  } catch (error) {
    if (signal.aborted) return interruptionCode(signal);
    if (!(error instanceof NoTreeError)) throw error;
    io.stderr.write(`error: ${error.message}\n`);
    return 2;
  }
}

function paintFor({ isTTY, env }: CliIo): Paint {
  const colors = picocolors.createColors(isTTY && !env['NO_COLOR']);
  return { place: colors.bold, warning: colors.yellow, error: colors.red, gutter: colors.bold, dim: colors.dim };
}

/** Where a folder is in the git repository around it, as `fleet/`; '' for its root, and outside of one. */
function folderInRepository(path: string): string {
  const way = relative(repositoryAround(path) ?? resolve(path), resolve(path));
  return way === '' ? '' : `${way.split(sep).join('/')}/`;
}

/** Problems are sorted by file, so that keeping one is enough. */
function lineReader(root: string): (file: string) => readonly string[] | undefined {
  let kept: { readonly file: string; readonly lines: readonly string[] | undefined } | undefined;
  return (file) => {
    if (kept?.file === file) return kept.lines;
    const content = readWorkingFile(root, file);
    kept = { file, lines: typeof content === 'string' ? undefined : new TextDecoder().decode(content).split('\n') };
    return kept.lines;
  };
}
