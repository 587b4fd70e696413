import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatProblems, type ProblemFormat } from './format-problems.ts';
import type { CliIo } from './io.ts';
import { NoTreeError } from './read-working-tree.ts';
import { validateTree } from './validate.ts';

/** `fairlead validate`: 0 clean (warnings are), 1 problems, 2 usage (contract 1). */
export function registerValidate(program: Command, io: CliIo): void {
  program
    .command('validate')
    .description('check a working tree offline: schemas and references')
    .argument('[PATH]', 'the folder that holds tenants/', '.')
    .addOption(
      new Option('--format <FORMAT>', 'how problems are printed')
        .choices(['text', 'json', 'github', 'markdown'])
        .default('text'),
    )
    .action(async (path: string, { format }: { format: ProblemFormat }) => {
      io.setExitCode(await validate(path, format, io));
    });
}

async function validate(path: string, format: ProblemFormat, io: CliIo): Promise<number> {
  try {
    const { problems } = await validateTree(path, { signal: io.interrupted() });
    io.stdout.write(formatProblems(problems, format));
    if (!existsSync(join(path, 'tenants')))
      io.stderr.write(`note: there is no folder ${join(path, 'tenants')}, so nothing to check\n`);
    return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof NoTreeError)) throw error;
    io.stderr.write(`error: ${error.message}\n`);
    return 2;
  }
}
