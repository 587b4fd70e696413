import type { Command } from 'commander';
import { readSettings } from '../config.ts';
import { parseEndpoint } from '../docker/endpoint.ts';
import type { DockerPort } from '../docker/port.ts';
import { formatKept, formatPreview, placeText, type Place } from '../uninstall/format-inventory.ts';
import { interruptionCode, type CliIo } from './io.ts';
import { printable } from '../model/printable.ts';
import { settingOptions } from './setting-options.ts';

/** 0 all is gone, or nothing was there; 1 failed; 2 usage; 3 what would be removed was shown. */
const EXIT = { done: 0, failed: 1, usage: 2, shown: 3 };

const NEEDED = ['docker', 'owner', 'state-dir'] as const;

export interface UninstallSeams {
  /** By its endpoint; default: a real engine. */
  readonly open?: (endpoint: string) => Promise<DockerPort>;
}

/** `fairlead uninstall`: removes everything of an owner from an engine but volumes with data. */
export function registerUninstall(program: Command, io: CliIo, { open = openEngine }: UninstallSeams = {}): void {
  const command = program
    .command('uninstall')
    .description(
      'remove everything of an owner from a Docker engine, but volumes with data; without --yes only show it',
    )
    .option('--yes', 'do it; without, what would go is shown, nothing is touched, and the end is 3');
  for (const option of settingOptions(['docker', 'owner'])) command.addOption(option);
  command.action(async (flags: Readonly<Record<string, unknown>>) => {
    const { values, problems } = readSettings(NEEDED, { flags, env: io.env, isRoot: io.isRoot });
    const { docker: endpoint = '', owner = '', 'state-dir': stateDir = '' } = values;
    const wrong = problems.length > 0 ? problems : endpointProblem(endpoint);
    for (const problem of wrong) io.stderr.write(`error: ${problem}\n`);
    if (wrong.length > 0) {
      io.setExitCode(EXIT.usage);
      return;
    }
    const job = { docker: await open(endpoint), stateDir, place: { owner, endpoint } };
    io.setExitCode(await (flags['yes'] === true ? uninstall(job, io) : preview(job, io)));
  });
}

/** What there is to do, and where. */
interface Job {
  readonly docker: DockerPort;
  readonly stateDir: string;
  readonly place: Place;
}

function endpointProblem(endpoint: string): readonly string[] {
  try {
    parseEndpoint(endpoint);
    return [];
  } catch (error) {
    return [`--docker: ${reasonOf(error)}`];
  }
}

/** No other command but the daemon needs the code that speaks to an engine. */
async function openEngine(endpoint: string): Promise<DockerPort> {
  const { openDocker } = await import('../docker/engine.ts');
  return openDocker(parseEndpoint(endpoint));
}

async function preview({ docker, place }: Job, io: CliIo): Promise<number> {
  const { lookAtOwner } = await import('../run-uninstall.ts');
  try {
    const options = { docker, owner: place.owner, now: () => Date.now(), signal: io.interrupted() };
    const { inventory, sandboxImages } = await lookAtOwner(options);
    io.stdout.write(formatPreview(inventory, sandboxImages, place));
    return inventory.goes.length === 0 ? EXIT.done : EXIT.shown;
  } catch (error) {
    return fail(io, [reasonOf(error)]);
  }
}

async function uninstall({ docker, place, stateDir }: Job, io: CliIo): Promise<number> {
  const { lookAtOwner, removeOwner, removeSandboxImages } = await import('../run-uninstall.ts');
  const options = { docker, owner: place.owner, now: () => Date.now(), signal: io.interrupted() };
  const say = (line: string) => void io.stdout.write(`${printable(line)}\n`);
  try {
    const before = await lookAtOwner(options);
    const removal = await removeOwner(options, {
      done: (step) => {
        say(step.id);
      },
      failed: (step, error) => io.stderr.write(`failed: ${printable(`${step.id}: ${error}`)}\n`),
    });
    if (removal.kind === 'taken') return fail(io, [takenBy(removal.holder, place)]);
    if (removal.kind === 'interrupted') {
      io.stderr.write('fairlead: interrupted; the same command goes on with what is left\n');
      return interruptionCode(options.signal);
    }
    const after = await lookAtOwner(options);
    const left = after.inventory.goes.map((thing) => `left: ${thing}`);
    if (removal.failures.length + left.length > 0) return fail(io, [...removal.failures, ...left]);
    const images = await removeSandboxImages(after.sandboxImages, options);
    for (const image of images.filter((one) => before.sandboxImages.includes(one))) say(`remove image ${image}`);
    const nothing = before.inventory.goes.length === 0;
    say(`${nothing ? 'Nothing to remove' : 'Removed everything'} of ${placeText(place)}.`);
    io.stdout.write(formatKept(after.inventory.stays));
    say(`The state folder of the daemon stays, too; it may be deleted (if --state-dir named no other: ${stateDir}).`);
    return EXIT.done;
  } catch (error) {
    return fail(io, [reasonOf(error)]);
  }
}

function takenBy(holder: string, place: Place): string {
  return (
    `a daemon acts for ${placeText(place)}: ${holder}. Nothing was touched. ` +
    'End it (systemctl disable --now fairlead, docker stop fairlead, or kill that process), and do this again'
  );
}

function fail(io: CliIo, problems: readonly string[]): number {
  for (const problem of problems) io.stderr.write(`fairlead: ${printable(problem)}\n`);
  return EXIT.failed;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
