import { describe, expect, it } from 'vitest';
import { isMarkerName, markerFromLabels, markerLabels, markerName, type Marker } from '../../src/model/markers.ts';

const SHOP = { tenant: 'acme', application: 'shop' };
const STAMP = { owner: 'default', site: 'local' };
const SANDBOX = 'abcdef0123456789'.repeat(4);

const markers: readonly Marker[] = [
  {
    kind: 'upgrade',
    ...SHOP,
    target: '0123456789abcdef',
    to: '2.0',
    from: ['1.0', '1.1'],
    stamp: '0123456789abcdef-2',
    at: 3,
  },
  {
    kind: 'upgrade-aborted',
    ...SHOP,
    target: '0123456789abcdef',
    to: '2.0',
    from: [''],
    reason: 'web-1: it ended',
    at: 5,
  },
  { kind: 'lingering', ...SHOP, sandboxId: SANDBOX, at: 5 },
  { kind: 'shutdown-asked', ...SHOP, sandboxId: SANDBOX, at: 5 },
  { kind: 'restart', ...SHOP, sandboxId: SANDBOX, at: 5, delayed: true },
  { kind: 'pulled-image', tenant: '', application: '', image: 'registry.example.com:5000/a/b@sha256:12', at: 5 },
];

describe('a marker', () => {
  it('says on the engine what it said when it was written', () => {
    for (const marker of markers) {
      const name = markerName(marker, 'default');
      expect(markerFromLabels(name, markerLabels(marker, STAMP))).toEqual({ ...marker, name, owner: 'default' });
    }
  });

  it('has a name that an engine takes and that no volume of an instance can have', () => {
    const names = markers.map((marker) => markerName(marker, 'default'));
    expect(names[0]).toBe('acme.shop_upgrade_0123456789abcdef');
    expect(names[5]).toBe('fairlead.default_pulled-image_registry.example.com_3a5000_2fa_2fb_40sha256_3a12');
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) || !isMarkerName(name))).toEqual([]);
    expect(isMarkerName('acme.shop.web-1.cache')).toBe(false);
  });

  it('is none when anything of it is missing or of another kind than it should be', () => {
    const [upgrade] = markers;
    const labels = markerLabels(upgrade!, STAMP);
    for (const label of ['owner', 'role', 'marker', 'marker-facts'].map((name) => `io.fairlead.${name}`)) {
      const others = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== label));
      expect(markerFromLabels('x_y', others)).toBeUndefined();
    }
    expect(markerFromLabels('x_y', { ...labels, 'io.fairlead.marker': 'lingering' })).toBeUndefined();
    expect(markerFromLabels('x_y', { ...labels, 'io.fairlead.marker': 'invented' })).toBeUndefined();
    expect(
      markerFromLabels('x_y', { ...labels, 'io.fairlead.marker-facts': '{"target":1,"from":[]}' }),
    ).toBeUndefined();
  });
});
