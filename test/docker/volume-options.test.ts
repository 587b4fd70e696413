import { describe, expect, it } from 'vitest';
import { toDriverOptions, toObservedVolume, toUnsizedOptions } from '../../src/docker/volume-options.ts';
import { LABEL } from '../../src/model/names.ts';
import type { DesiredVolume } from '../../src/model/desired.ts';
import { createVolume } from '../contract/actions.ts';

const { volume: DISK, labels } = createVolume('a', 'acme.shop.web-1.cache', { sizeBytes: 1_000 });

function observe(volume: DesiredVolume, options = toDriverOptions(volume)) {
  const made = createVolume('a', volume.name, volume);
  return toObservedVolume({ Name: volume.name, Labels: made.labels, Options: options });
}

describe('what the local driver is told of a volume', () => {
  it.each<[string, Partial<DesiredVolume>, Record<string, string>]>([
    ['a quota for a size on disk', {}, { size: '1000' }],
    ['nothing without a size', { sizeBytes: 0 }, {}],
    ['nothing for files, which are as small as they are', { kind: 'files' }, {}],
    [
      'the folder of the host, which has no quota',
      { hostPath: '/ssd' },
      {
        type: 'none',
        o: 'bind',
        device: '/ssd/acme.shop.web-1.cache',
      },
    ],
    [
      'size, owner and mode of memory, which lies on no host volume',
      {
        medium: 'memory',
        hostPath: '/ssd',
        mode: 0o2770,
        uid: 1,
        gid: 2,
      },
      { type: 'tmpfs', device: 'tmpfs', o: 'size=1000,uid=1,gid=2,mode=2770' },
    ],
    [
      'the mode a disk would have where none is wished',
      { medium: 'memory', sizeBytes: 0 },
      {
        type: 'tmpfs',
        device: 'tmpfs',
        o: 'uid=0,gid=0,mode=755',
      },
    ],
  ])('is %s', (_, overrides, options) => {
    expect(toDriverOptions({ ...DISK, ...overrides })).toEqual(options);
  });

  it('is all but the quota for an engine without', () => {
    expect(toUnsizedOptions(DISK)).toEqual({});
    expect(toUnsizedOptions({ ...DISK, medium: 'memory' })).toEqual(toDriverOptions({ ...DISK, medium: 'memory' }));
  });
});

describe('what an engine tells of a volume', () => {
  it('says whether its size is enforced, and where it lies', () => {
    expect(observe(DISK)).toMatchObject({ sizeBytes: 1_000, sizeEnforced: true, hostPath: '' });
    expect(observe(DISK, {})).toMatchObject({ sizeBytes: 1_000, sizeEnforced: false });
    expect(observe({ ...DISK, medium: 'memory' })).toMatchObject({ sizeEnforced: true });
    expect(observe({ ...DISK, medium: 'memory', sizeBytes: 0 })).toMatchObject({ sizeBytes: 0, sizeEnforced: false });
    expect(observe({ ...DISK, hostPath: '/ssd' })).toMatchObject({ sizeEnforced: false, hostPath: '/ssd' });
  });

  it('is nothing where a label is missing that Fairlead would have set', () => {
    for (const label of [LABEL.volume, LABEL.volumeKind, LABEL.owner]) {
      const rest = Object.fromEntries(Object.entries(labels).filter(([one]) => one !== label));
      expect(toObservedVolume({ Name: DISK.name, Labels: rest, Options: null })).toBeUndefined();
    }
    expect(toObservedVolume({ Name: DISK.name, Labels: null, Options: null })).toBeUndefined();
  });
});
