import { describe, expect, it } from 'vitest';
import { HASH_FORMATS } from '../../src/desired/container-hash.ts';
import { resolveSiteContext } from '../../src/desired/site-context.ts';
import type { ResolvedCatalog } from '../../src/model/catalog.ts';
import { NO_SECRET_VALUES } from '../../src/model/secret-values.ts';
import type { SiteSpec } from '../../src/model/site-spec.ts';
import { resolved, withSites } from '../builders.ts';

const OPTIONS = { owner: 'test', sandboxImage: 'x:1' };
const NORTH: SiteSpec = {
  name: 'north',
  type: 'top',
  labels: { region: 'arctic' },
  hosts: [
    {
      name: 'n1',
      labels: { size: 'small' },
      devices: [{ path: '/dev/rtc0', 'device-labels': ['rtc'] }, { path: '/dev/null' }],
      gpus: [{ id: 'GPU-1', labels: ['fast'], properties: { name: 'A2' } }, { id: 'GPU-2' }],
      'local-volumes': [{ name: 'nvme', path: '/mnt/nvme', labels: { speed: 'fast' } }, { name: 'store' }],
    },
  ],
};
const SOUTH: SiteSpec = { name: 'south', hosts: [{ name: 's1' }] };

function contextOf(catalog: ResolvedCatalog, site?: string) {
  const choice = resolveSiteContext(catalog, { ...OPTIONS, site });
  if (choice.kind !== 'site') throw new Error(choice.message);
  return choice.context;
}

function problemOf(catalog: ResolvedCatalog, site?: string): string {
  const choice = resolveSiteContext(catalog, { ...OPTIONS, site });
  return choice.kind === 'problem' ? choice.message : 'none';
}

describe('the site that is served', () => {
  it('is the implicit `local` of one bare host when the repository has none', () => {
    expect(contextOf(resolved([]))).toEqual({
      site: 'local',
      owner: 'test',
      labels: { 'system/name': 'local', 'system/type': 'edge' },
      sandboxImage: 'x:1',
      hashFormats: HASH_FORMATS,
      secrets: NO_SECRET_VALUES,
      changeRules: { windows: undefined, upgradesBlocked: false },
      host: {
        name: 'local',
        labels: { 'system/controller': 'true' },
        devices: [],
        gpus: [],
        volumes: [{ name: 'default', path: '', labels: {} }],
      },
    });
    expect(contextOf(resolved([]), 'local').site).toBe('local');
  });

  it('is the only one of the repository, as its document describes it', () => {
    const { site, labels, host } = contextOf(withSites(NORTH));
    expect(site).toBe('north');
    expect(labels).toEqual({ region: 'arctic', 'system/name': 'north', 'system/type': 'top' });
    expect(host).toEqual({
      name: 'n1',
      labels: { size: 'small', 'system/controller': 'true' },
      devices: [
        { path: '/dev/rtc0', deviceLabels: ['rtc'] },
        { path: '/dev/null', deviceLabels: [] },
      ],
      gpus: [
        { id: 'GPU-1', labels: ['fast'], properties: { name: 'A2' } },
        { id: 'GPU-2', labels: [], properties: {} },
      ],
      volumes: [
        { name: 'nvme', path: '/mnt/nvme', labels: { speed: 'fast' } },
        { name: 'store', path: '', labels: {} },
      ],
    });
  });

  it('has a host with one volume in the store of the engine when none is described', () => {
    expect(contextOf(withSites(SOUTH)).host.volumes).toEqual([{ name: 'default', path: '', labels: {} }]);
    const none: SiteSpec = { name: 'south', hosts: [{ name: 's1', 'local-volumes': [] }] };
    expect(contextOf(withSites(none)).host.volumes).toEqual([{ name: 'default', path: '', labels: {} }]);
  });

  it('is the chosen one of several', () => {
    expect(contextOf(withSites(NORTH, SOUTH), 'south').host.name).toBe('s1');
  });

  it('has to be chosen when there are several', () => {
    const message = 'the repository has several sites (north, south): choose one with --site';
    expect(problemOf(withSites(SOUTH, NORTH))).toBe(message);
  });

  it('has to be one of the repository', () => {
    expect(problemOf(withSites(NORTH, SOUTH), 'west')).toBe(
      'there is no site west in the repository (it has north, south)',
    );
    expect(problemOf(resolved([]), 'north')).toBe('there is no site north in the repository (it has local)');
  });

  it('is not the implicit one while the document of a site is broken', () => {
    const problem = {
      file: 'sites/north.yaml',
      line: 3,
      column: 1,
      message: 'unknown key',
      severity: 'error' as const,
    };
    expect(problemOf({ ...resolved([]), problems: [problem] })).toBe(
      'no site is valid: sites/north.yaml:3:1: unknown key',
    );
  });
});
