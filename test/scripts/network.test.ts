import { describe, expect, it } from 'vitest';
import { freeBlocks } from '../../scripts/setup/network.mjs';

const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
/** One line of /proc/net/route: addresses are little-endian hexadecimal. */
const route = (destination: string, mask: string) => `eth0\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0`;

describe('the address range of a private engine', () => {
  it('is any of the candidates on a machine with a default route only', () => {
    expect(freeBlocks([header, route('00000000', '00000000')].join('\n'))[0]).toBe('172.20');
  });

  it('is none that a route of the machine leads into', () => {
    const table = [header, route('000514AC', '00FFFFFF'), route('000010AC', '0000F0FF')].join('\n');
    expect(freeBlocks([header, route('000514AC', '00FFFFFF')].join('\n'))).not.toContain('172.20');
    expect(freeBlocks(table).filter((block) => block.startsWith('172.'))).toEqual([]);
  });
});
