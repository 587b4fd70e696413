import { describe, expect, it } from 'vitest';
import { chooseVersion, knownVersions, listedVersions } from '../../src/desired/choose-version.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { ResolvedCatalog, VersionHistory } from '../../src/model/catalog.ts';
import { application, resolved } from '../builders.ts';

const KEY = 'acme.shop';
const UNVERSIONED: ApplicationSpec = { name: 'shop', services: [] };
const inForce = (spec: ApplicationSpec) => resolved([spec]).applications[KEY]!;
const version = (name: string) => inForce(application('shop', { version: name }));

/** Of an application at 2.0 that was at 1.1 and 1.0 before. */
function catalogOf(pinned: string | undefined, history: Partial<VersionHistory> = {}, current = version('2.0')) {
  const { deployments, history: none, ...catalog } = resolved([application('shop')]);
  const deployment = deployments[KEY]!;
  const spec = { ...deployment.document.spec, ...(pinned === undefined ? {} : { 'application-version': pinned }) };
  return {
    ...catalog,
    applications: { [KEY]: current },
    deployments: { [KEY]: { ...deployment, document: { ...deployment.document, spec } } },
    history: { ...none, versions: { [KEY]: [version('1.1'), version('1.0')] }, ...history },
  };
}

function choose(pinned: string | undefined, history: Partial<VersionHistory> = {}) {
  const catalog = catalogOf(pinned, history);
  return chooseVersion(catalog.deployments[KEY], catalog);
}

const versions = (texts: ReturnType<typeof knownVersions>) => texts.map(({ document }) => document.spec.version);

describe('a deployment', () => {
  it.each([
    [undefined, '2.0'],
    ['*', '2.0'],
    ['2.0', '2.0'],
    ['1.0', '1.0'],
  ])('of version %s stands for version %s, which is known', (pinned, chosen) => {
    const choice = choose(pinned, { isComplete: false });
    expect(choice).toMatchObject({ kind: 'known', application: { document: { spec: { version: chosen } } } });
  });

  it('of a version that no history has is told the versions there are', () => {
    expect(choose('0.9')).toEqual({
      kind: 'unknown',
      reason: 'deployment shop wants version 0.9 of application shop, which has 2.0, 1.1, 1.0',
    });
    const cut = choose('0.9', { isCut: true });
    expect(cut.kind === 'unknown' && cut.reason).toMatch(/which has 2.0, 1.1, 1.0 in the commits .* \(--history\)$/);
  });

  it('of a version of an application that never had one is told so', () => {
    const catalog = catalogOf('1.0', { versions: {} }, inForce(UNVERSIONED));
    expect(chooseVersion(catalog.deployments[KEY], catalog)).toMatchObject({
      kind: 'unknown',
      reason: 'deployment shop wants version 1.0 of application shop, which has none',
    });
  });

  it('of a version that may be found yet waits, and says what hinders the search', () => {
    const sentence =
      'deployment shop wants version 0.9 of application shop; it is still looked for in the history of the repository';
    expect(choose('0.9', { isComplete: false })).toEqual({ kind: 'awaited', reason: sentence });
    expect(choose('0.9', { isComplete: false, error: 'x cannot be reached' })).toEqual({
      kind: 'awaited',
      reason: `${sentence}, which cannot be read now`,
    });
  });

  it('of an application that is not there stands for nothing', () => {
    const catalog: ResolvedCatalog = { ...catalogOf('1.0'), applications: {} };
    expect(chooseVersion(catalog.deployments[KEY]!, catalog)).toEqual({ kind: 'no-application' });
    expect(knownVersions(catalog, KEY)).toEqual([]);
  });
});

describe('the versions of an application', () => {
  it('begin with the one in force, which is not told twice', () => {
    const again = { versions: { [KEY]: [version('2.0'), version('1.1')] } };
    expect(versions(knownVersions(catalogOf('*', again), KEY))).toEqual(['2.0', '1.1']);
  });

  it('are listed but for those that are known only because they run', () => {
    expect(versions(listedVersions(catalogOf('*'), KEY))).toEqual(['2.0', '1.1', '1.0']);
    expect(versions(listedVersions(catalogOf('*', { unlisted: { [KEY]: ['1.0'] } }), KEY))).toEqual(['2.0', '1.1']);
  });

  it('without a version is not listed', () => {
    expect(versions(listedVersions(catalogOf('1.0', {}, inForce(UNVERSIONED)), KEY))).toEqual(['1.1', '1.0']);
  });
});
