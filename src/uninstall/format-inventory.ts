import type { Inventory, KeptVolume } from './inventory.ts';

/** Whose, and where: `owner "default" on unix:///var/run/docker.sock`. */
export interface Place {
  readonly owner: string;
  readonly endpoint: string;
}

/** What would go and what would stay, as text. `sandboxImages`: what no application has of its own. */
export function formatPreview(inventory: Inventory, sandboxImages: readonly string[], place: Place): string {
  const { goes, stays, atLeastMs, hindrances } = inventory;
  const where = placeText(place);
  if (goes.length === 0) return `Nothing to remove of ${where}.\n${formatKept(stays)}`;
  const images = sandboxImages.map((image) => `image ${image}, unless another owner uses it`);
  const seconds = Math.ceil(atLeastMs / 1000);
  return [
    `Would be removed of ${where}:`,
    ...[...goes, ...images].map((thing) => `  ${thing}`),
    ...(seconds === 0 ? [] : [`This takes at least ${seconds} s, because of delayed shutdowns.`]),
    ...hindrances.map((reason) => `In the way: ${reason}`),
    formatKept(stays).trimEnd(),
    'Nothing was touched. Stop the daemon, then do it with --yes.',
  ]
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

/** The volumes that stay, and the command that removes them; '' when there are none. */
export function formatKept(stays: readonly KeptVolume[]): string {
  if (stays.length === 0) return '';
  const lines = [
    'Volumes with data stay:',
    ...stays.map(({ name, what, hostPath }) => `  ${name} (${what}${hostPath === '' ? '' : `, in ${hostPath}`})`),
    'To remove them, WITH THEIR DATA:',
    `  docker volume rm ${stays.map(({ name }) => name).join(' ')}`,
    ...(stays.some(({ hostPath }) => hostPath !== '') ? ['and then the folders named above, which that leaves.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

export function placeText({ owner, endpoint }: Place): string {
  return `owner "${owner}" on ${endpoint}`;
}
