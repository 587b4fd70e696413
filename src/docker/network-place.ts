import { readFile, readlink } from 'node:fs/promises';

/** A network namespace, told apart from every other: `boot` names the run of a kernel, `netns` a namespace in it. */
export interface NetworkPlace {
  readonly boot: string;
  /** `net:[4026531840]` */
  readonly netns: string;
}

/** From the lines `boot …` and `netns …` of the lease helper (tools/sandbox/lease.c). */
export function parseNetworkPlace(text: string): NetworkPlace | undefined {
  const boot = /^boot (\S+)$/m.exec(text)?.[1];
  const netns = /^netns (\S+)$/m.exec(text)?.[1];
  return boot === undefined || netns === undefined ? undefined : { boot, netns };
}

/** Where this process is; undefined where that cannot be read, as on any system but Linux. */
export async function readOwnNetworkPlace(): Promise<NetworkPlace | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
    return { boot: boot.trim(), netns: await readlink('/proc/self/ns/net') };
  } catch {
    return undefined;
  }
}

/** False where either is unknown. */
export function isSamePlace(one: NetworkPlace | undefined, other: NetworkPlace | undefined): boolean {
  return one !== undefined && one.boot === other?.boot && one.netns === other.netns;
}
