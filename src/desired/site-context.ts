import type { ResolvedCatalog } from '../model/catalog.ts';
import type { ChangeRules } from '../model/change-rules.ts';
import { NO_SECRET_VALUES, type SecretValues } from '../model/secret-values.ts';
import type { HostSpec, SiteSpec } from '../model/site-spec.ts';
import type { HostVolume, SiteHost } from '../model/site-host.ts';
import { classifyPath } from '../spec/layout.ts';
import { labelsOfSite } from '../spec/site-labels.ts';
import { desiredWindows } from './upgrade-windows.ts';
import { HASH_FORMATS, type HashFormats } from './container-hash.ts';

/** The site that specifications are deployed to. */
export interface SiteContext {
  readonly site: string;
  readonly owner: string;
  /** Built-in labels included. */
  readonly labels: Readonly<Record<string, string>>;
  readonly host: SiteHost;
  readonly sandboxImage: string;
  /** How this release hashes containers, and how those before it did. */
  readonly hashFormats: HashFormats;
  /** What was delivered to the site. */
  readonly secrets: SecretValues;
  readonly changeRules: Omit<ChangeRules, 'suspended'>;
}

export type SiteChoice =
  { readonly kind: 'site'; readonly context: SiteContext } | { readonly kind: 'problem'; readonly message: string };

export interface SiteOptions {
  readonly owner: string;
  readonly sandboxImage: string;
  /** The site to serve; may be left out while the repository has one at most. */
  readonly site?: string | undefined;
  /** None where nothing is said. */
  readonly secrets?: SecretValues;
}

const LOCAL = 'local';

/** In the engine's own store: for a host of which nothing else is said. */
const DEFAULT_VOLUME: HostVolume = { name: 'default', path: '', labels: {} };

/** The implicit site of a repository without `sites/` (contract 1). */
export const LOCAL_SITE: SiteSpec = { name: LOCAL, hosts: [{ name: LOCAL }] };

/** The site a daemon serves under a revision, or why it cannot tell. */
export function resolveSiteContext(catalog: ResolvedCatalog, options: SiteOptions): SiteChoice {
  const specs = Object.values(catalog.sites).map(({ document }) => document.spec);
  const broken = specs.length === 0 ? brokenSite(catalog) : undefined;
  if (broken !== undefined) return problem(`no site is valid: ${broken}`);
  const sites = specs.length === 0 ? [LOCAL_SITE] : specs;
  const candidates = options.site === undefined ? sites : sites.filter(({ name }) => name === options.site);
  const [site] = candidates;
  const names = sites
    .map(({ name }) => name)
    .sort()
    .join(', ');
  if (site === undefined) return problem(`there is no site ${options.site ?? ''} in the repository (it has ${names})`);
  if (candidates.length > 1) return problem(`the repository has several sites (${names}): choose one with --site`);
  const { owner, sandboxImage, secrets = NO_SECRET_VALUES } = options;
  const labels = labelsOfSite(site);
  const made = { owner, sandboxImage, hashFormats: HASH_FORMATS, secrets };
  return {
    kind: 'site',
    context: { site: site.name, labels, host: siteHost(site), changeRules: siteRules(site), ...made },
  };
}

/** What is wrong with a site, told: with it overlooked, everything would seem to be deployed to the implicit one. */
function brokenSite({ problems }: ResolvedCatalog): string | undefined {
  const found = problems.find(({ file, severity }) => severity === 'error' && classifyPath(file).kind === 'site');
  return found && `${found.file}:${found.line}:${found.column}: ${found.message}`;
}

/** The one host of a site holds its state (avassa-reference 8.2). */
const BUILT_IN_HOST_LABELS = { 'system/controller': 'true' };

function siteRules(site: SiteSpec): SiteContext['changeRules'] {
  return { windows: desiredWindows(site), upgradesBlocked: site['application-upgrades-blocked'] ?? false };
}

/** The schema lets through sites of one host. */
function siteHost({ name, hosts: [host = { name }] }: SiteSpec): SiteHost {
  return {
    name: host.name,
    labels: { ...host.labels, ...BUILT_IN_HOST_LABELS },
    devices: (host.devices ?? []).map((one) => ({ path: one.path, deviceLabels: one['device-labels'] ?? [] })),
    gpus: (host.gpus ?? []).map(({ id, labels = [], properties = {} }) => ({ id, labels, properties })),
    volumes: hostVolumes(host),
  };
}

function hostVolumes({ 'local-volumes': volumes = [] }: HostSpec): readonly HostVolume[] {
  if (volumes.length === 0) return [DEFAULT_VOLUME];
  return volumes.map(({ name, path = '', labels = {} }) => ({ name, path, labels }));
}

function problem(message: string): SiteChoice {
  return { kind: 'problem', message };
}
