import { sandboxOf } from '../model/observed-instance.ts';
import type { ObservedInstance } from '../model/observed.ts';

// An upgrade stamps the sandboxes it makes with its target, and with a number where what runs has that stamp already: an
// author may go back to a text, and what was made for it long ago neither has to prove itself again nor can fail.

/** One that nothing of these has: `4f0c…` or, when that is taken, `4f0c…-2`. */
export function freshStamp(target: string, instances: readonly ObservedInstance[]): string {
  const taken = new Set(instances.map((instance) => sandboxOf(instance)?.upgrade));
  let stamp = target;
  for (let number = 2; taken.has(stamp); number += 1) stamp = `${target}-${number}`;
  return stamp;
}

/** The target of the upgrade with this stamp. */
export function targetOf(stamp: string): string {
  return stamp.replace(/-\d+$/, '');
}
