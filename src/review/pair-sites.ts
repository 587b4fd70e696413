import { resolveSiteContext, type SiteOptions } from '../desired/site-context.ts';
import { desiredSite } from '../desired/site.ts';
import type { ResolvedCatalog } from '../model/catalog.ts';
import type { DesiredSite } from '../model/desired.ts';
import { secretId, type SecretValues } from '../model/secret-values.ts';
import type { SitePair } from './site-pair.ts';

export interface RevisionPair {
  readonly base: ResolvedCatalog;
  readonly head: ResolvedCatalog;
}

export interface PairedSites {
  readonly pairs: readonly Pick<SitePair, 'base' | 'head'>[];
  /** Why a site that was asked for cannot be told; '' when it can. */
  readonly problem: string;
}

/** The name of the one site of a repository that has no `sites/`. */
const IMPLICIT = 'local';

/**
 * Every site of either revision, or the one that is named, as each wants it. An application that both want alike is the
 * same object in both. The values of secrets are nowhere in a repository: they are taken to be delivered, and unchanged.
 */
export function pairSites({ base, head }: RevisionPair, options: Omit<SiteOptions, 'secrets'>): PairedSites {
  const secrets = deliveredSecrets([base, head]);
  const desire = (catalog: ResolvedCatalog, site: string, former?: DesiredSite) => {
    const choice = resolveSiteContext(catalog, { ...options, site, secrets });
    return choice.kind === 'site' ? desiredSite(catalog, choice.context, former) : undefined;
  };
  const names = namesOf(base, head, options.site);
  const pairs = names.map(({ before, after }) => {
    const was = before === undefined ? undefined : desire(base, before);
    return { base: was, head: after === undefined ? undefined : desire(head, after, was) };
  });
  const known = pairs.filter((pair) => pair.base !== undefined || pair.head !== undefined);
  return { pairs: known, problem: known.length > 0 ? '' : problemOf(head, options) };
}

interface Names {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A daemon that is told no name serves the one site there is, whatever it is called. */
function namesOf(base: ResolvedCatalog, head: ResolvedCatalog, asked: string | undefined): readonly Names[] {
  const [before, after] = [siteNames(base), siteNames(head)];
  if (asked !== undefined) return [{ before: asked, after: asked }];
  const [onlyBefore, onlyAfter] = [before, after].map((names) => (names.length === 1 ? names[0] : undefined));
  if (onlyBefore !== undefined && onlyAfter !== undefined) return [{ before: onlyBefore, after: onlyAfter }];
  const all = [...new Set([...before, ...after])].sort();
  return all.map((name) => ({
    before: before.includes(name) ? name : undefined,
    after: after.includes(name) ? name : undefined,
  }));
}

function siteNames({ sites }: ResolvedCatalog): readonly string[] {
  const names = Object.keys(sites);
  return names.length === 0 ? [IMPLICIT] : names;
}

function problemOf(head: ResolvedCatalog, options: Omit<SiteOptions, 'secrets'>): string {
  const choice = resolveSiteContext(head, options);
  return choice.kind === 'problem' ? choice.message : '';
}

/** A value for every secret that a specification names; which, nobody sees. */
function deliveredSecrets(catalogs: readonly ResolvedCatalog[]): SecretValues {
  const values = new Map<string, string>();
  for (const { applications, history } of catalogs) {
    const known = [...Object.values(applications), ...Object.values(history.versions).flat()];
    for (const { document } of known) {
      for (const { variables = [] } of document.spec.services) {
        for (const { 'value-from-vault-secret': secret } of variables) {
          if (secret !== undefined) values.set(secretId(document.tenant, secret), 'delivered');
        }
      }
    }
  }
  return { values, hashKey: values.size === 0 ? '' : 'review' };
}

/** Keys of the applications that name a secret in either. */
export function namingSecrets({ base, head }: RevisionPair): ReadonlySet<string> {
  const all = [base, head].flatMap(({ applications }) => Object.entries(applications));
  const named = all.filter(([, { document }]) =>
    document.spec.services.some(({ variables = [] }) =>
      variables.some((variable) => variable['value-from-vault-secret'] !== undefined),
    ),
  );
  return new Set(named.map(([key]) => key));
}
