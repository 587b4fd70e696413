import { describe, expect, it } from 'vitest';
import { textOf } from './tree.ts';

interface PackageFile {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { version?: string; integrity?: string; resolved?: string; link?: boolean }>
  >;
}

const manifest = JSON.parse(textOf('package.json')) as PackageFile;
const lock = JSON.parse(textOf('package-lock.json')) as LockFile;
const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

describe('the package', () => {
  it('pins every dependency to one version', () => {
    const loose = Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  it('is locked to just those versions', () => {
    const locked = Object.keys(wanted).map((name) => [name, lock.packages[`node_modules/${name}`]?.version]);
    expect(Object.fromEntries(locked)).toEqual(wanted);
    const { dependencies, devDependencies, optionalDependencies } = lock.packages[''] as PackageFile;
    expect({ ...dependencies, ...devDependencies, ...optionalDependencies }).toEqual(wanted);
  });

  it('takes every package from a registry, with its checksum', () => {
    const installed = Object.entries(lock.packages).filter(([name]) => name !== '');
    const strange = installed.filter(
      ([, entry]) => entry.link || !entry.integrity || entry.resolved?.startsWith('file:'),
    );
    expect(strange.map(([name]) => name)).toEqual([]);
  });

  it('has every npm command its pages name', () => {
    const pages = ['README.md', 'CONTRIBUTING.md'].map(textOf).join('\n');
    const named = [...pages.matchAll(/\bnpm (?:run )?(demo|test|(?<=run )[\w:]+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(expect.arrayContaining(['demo', 'test', 'check']));
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it('has a licence and says the same in its manifest', () => {
    expect(textOf('LICENSE')).toContain('Apache License');
    expect(manifest).toMatchObject({ license: 'Apache-2.0', name: 'fairlead', bin: { fairlead: 'dist/main.js' } });
  });
});
