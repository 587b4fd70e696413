import { applicationKey, type ApplicationName } from '../model/names.ts';
import type { Attempt } from '../model/plan.ts';
import { indexImages, type ImageIndex } from '../plan/image-presence.ts';
import { applicationState, type ApplicationFacts } from '../status/application-state.ts';
import { hostState, repositoryState } from '../status/host-state.ts';
import { siteStates } from '../status/site-state.ts';
import type { ApplicationEntry, Snapshot, Standing } from '../store/store.ts';
import { isSameTexts, textInForce, textsOf, type ApplicationTexts } from './application-texts.ts';
import { figuresOf } from './figures.ts';
import type { HostView } from './host-loop.ts';
import { createModificationTimes } from './modification-times.ts';
import type { RepositoryView } from './repository-loop.ts';
import type { RevisionAges } from './revision-ages.ts';
import { hindranceOf, standingOf, type Hindrances } from './standing.ts';
import {
  createDeploymentSummary,
  NOTHING_SELECTED,
  selectDeployments,
  type SelectedDeployments,
} from './summarize-deployments.ts';

export interface Views {
  readonly repository: RepositoryView;
  readonly host: HostView;
  readonly site: string;
  readonly siteLabels: Readonly<Record<string, string>>;
  readonly ages: RevisionAges;
  readonly now: number;
}

/** Makes snapshots; an application whose facts are as before keeps its entry, so an event costs its application. */
export function createSummarizer(): (views: Views) => Snapshot {
  const summarizeDeployments = createDeploymentSummary();
  let former = new Map<string, Summary>();
  let images = indexImages([]);
  let selected: SelectedDeployments = NOTHING_SELECTED;
  const modifications = createModificationTimes();
  const sitesOf = createSiteSummary();

  function entryOf(key: string, name: ApplicationName, around: Surroundings): Summary {
    const { catalog, revisionTime } = around.views.repository;
    const texts = textsOf(catalog, key);
    const found = catalog?.history.isComplete === true ? catalog.history.changedAt[key] : undefined;
    const modifiedAt = modifications.note(key, texts.newest, { found, revisionTime });
    const facts = applicationFacts(key, name, { ...around, modifiedAt });
    const before = former.get(key);
    const isAsBefore =
      before !== undefined &&
      isSameTexts(before.texts, texts) &&
      sameFacts(before.facts, facts) &&
      !isTimeDependent(before.entry);
    if (isAsBefore) return before;
    const standing = standingOf(hindrancesOf(key, around), facts);
    return { texts, facts, entry: toEntry(name, { texts, facts, standing }) };
  }

  return (views) => {
    const { repository, host, site } = views;
    if (host.observed !== undefined && host.observed.images !== images.images)
      images = indexImages(host.observed.images);
    if (selected.catalog !== repository.catalog || selected.labels !== views.siteLabels)
      selected = selectDeployments(repository.catalog, views.siteLabels);
    const held = new Map(host.plan?.held.map(({ application, reason }) => [application, reason]));
    const around: Surroundings = {
      views,
      images,
      selected,
      held,
      pulling: imagesPulled(host),
      attempts: groupFailures(host.attempts),
    };
    former = new Map([...applicationNames(views)].map(([key, name]) => [key, entryOf(key, name, around)]));
    modifications.keepOnly(former);
    const applications = new Map([...former].map(([key, { entry }]) => [key, entry]));
    const deployments = summarizeDeployments(applications, selected, site);
    const named = [...applications.values(), ...deployments.values()].map(({ tenant }) => tenant);
    const tenants = new Set([...named, ...Object.keys(repository.catalog?.tenants ?? {})]);
    return {
      site,
      applications,
      deployments,
      tenants: [...tenants].sort(),
      catalog: repository.catalog,
      sites: sitesOf(repository.catalog, site),
      hosts: [hostState(host)],
      repository: repositoryState(repository, host),
      plan: host.plan,
      ready: repository.catalog !== undefined && hadFullPass(host),
      figures: figuresOf(host, views.ages),
    };
  };
}

function toEntry({ tenant, application }: ApplicationName, { texts, facts, standing }: EntryParts): ApplicationEntry {
  const document = texts.newest?.document;
  const [config, configTag] = [document?.spec, document?.specHash ?? ''];
  const versions = texts.listed.map(({ document: { spec, specHash } }) => ({ config: spec, configTag: specHash }));
  const state = applicationState(facts);
  return Object.freeze({ tenant, name: application, config, configTag, versions, standing, state });
}

/** The states of sites, the same list as long as nothing about them changed. */
function createSiteSummary(): typeof siteStates {
  let former: { readonly sites: unknown; readonly served: string; readonly states: Snapshot['sites'] } | undefined;
  return (catalog, served) => {
    const sites = catalog?.sites;
    if (former === undefined || former.sites !== sites || former.served !== served)
      former = { sites, served, states: siteStates(catalog, served) };
    return former.states;
  };
}

function imagesPulled({ inFlight }: HostView): ReadonlySet<string> {
  return new Set(inFlight.flatMap(({ action }) => (action.kind === 'pull-image' ? [action.image] : [])));
}

/** One that does not answer is not waited for. */
function hadFullPass({ plan, tried, status }: HostView): boolean {
  return plan !== undefined || (tried && status === 'down');
}

const NONE: readonly never[] = [];

interface EntryParts {
  readonly texts: ApplicationTexts;
  readonly facts: ApplicationFacts;
  readonly standing: Standing;
}

interface Summary extends Omit<EntryParts, 'standing'> {
  readonly entry: ApplicationEntry;
}

/** What is the same for every application of a snapshot. */
interface Surroundings {
  readonly views: Views;
  readonly images: ImageIndex;
  readonly selected: SelectedDeployments;
  readonly pulling: ReadonlySet<string>;
  readonly held: ReadonlyMap<string, string>;
  /** Failed ones by application; under '' those of shared images. */
  readonly attempts: ReadonlyMap<string, readonly Attempt[]>;
}

/** Every application that is specified, rejected or running, sorted by key. */
function applicationNames({ repository, host }: Views): Map<string, ApplicationName> {
  const names = new Map<string, ApplicationName>();
  for (const key of Object.keys(repository.catalog?.leftAlone ?? {})) names.set(key, splitKey(key));
  for (const { document } of Object.values(repository.catalog?.applications ?? {})) {
    const name = { tenant: document.tenant, application: document.name };
    names.set(applicationKey(name), name);
  }
  for (const { key, name } of Object.values(host.observed?.applications ?? {})) names.set(key, name);
  return new Map([...names].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Neither part holds a dot (contract 2). */
function splitKey(key: string): ApplicationName {
  const [tenant = '', application = ''] = key.split('.');
  return { tenant, application };
}

function applicationFacts(
  key: string,
  { application: name }: ApplicationName,
  around: Surroundings & { readonly modifiedAt: number },
): ApplicationFacts {
  const { views, images, pulling, attempts, modifiedAt } = around;
  const { repository, host, now } = views;
  const choice = around.selected.choices.get(key);
  const desired = host.desired?.applications[key];
  const planned = host.applications.get(key);
  const observed = host.observed?.applications[key];
  return {
    name,
    host: host.desired?.host.name ?? host.host,
    inForce: textInForce(repository.catalog, key, choice, { observed, upgrade: planned?.upgrade, hold: planned?.hold }),
    deployment: around.selected.byApplication.get(key)?.document.name,
    desired,
    earlier: host.desired?.earlier[key] ?? NONE,
    upgrade: planned?.upgrade,
    hold: planned?.hold,
    observed,
    hindrance: hindranceOf(hindrancesOf(key, around)),
    awaited: choice?.kind === 'awaited' ? choice.reason : undefined,
    failures: failuresOf(key, planned?.hash ?? desired?.hash ?? '', attempts),
    images,
    pulling,
    pulls: host.pulls,
    modifiedAt,
    now,
  };
}

function hindrancesOf(key: string, { views, selected, held }: Surroundings): Hindrances {
  return {
    leftAlone: views.repository.catalog?.leftAlone[key],
    choice: selected.choices.get(key),
    blocked: views.host.plan?.blocked[key],
    held: held.get(key),
  };
}

function groupFailures(attempts: readonly Attempt[]): ReadonlyMap<string, readonly Attempt[]> {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    if (attempt.error === '') continue;
    const group = groups.get(attempt.application);
    if (group === undefined) groups.set(attempt.application, [attempt]);
    else group.push(attempt);
  }
  return groups;
}

/** Failed steps of the application as it is desired now, and of the images it may share with others. */
function failuresOf(
  key: string,
  desiredHash: string,
  attempts: ReadonlyMap<string, readonly Attempt[]>,
): ReadonlyMap<string, string> {
  const own = (attempts.get(key) ?? []).filter((attempt) => attempt.desiredHash === desiredHash);
  return new Map([...own, ...(attempts.get('') ?? [])].map(({ stepId, error }) => [stepId, error]));
}

function sameFacts(a: ApplicationFacts, b: ApplicationFacts): boolean {
  return (
    a.inForce?.document === b.inForce?.document &&
    a.inForce?.rejected === b.inForce?.rejected &&
    a.desired === b.desired &&
    a.earlier === b.earlier &&
    JSON.stringify([a.upgrade, a.hold]) === JSON.stringify([b.upgrade, b.hold]) &&
    a.observed === b.observed &&
    a.images === b.images &&
    a.pulls === b.pulls &&
    a.host === b.host &&
    a.deployment === b.deployment &&
    a.hindrance === b.hindrance &&
    a.awaited === b.awaited &&
    a.modifiedAt === b.modifiedAt &&
    JSON.stringify([...a.failures, ...a.pulling]) === JSON.stringify([...b.failures, ...b.pulling])
  );
}

/** A crash loop ends by the clock alone, and so does a healthy-time. */
function isTimeDependent({ state }: ApplicationEntry): boolean {
  if (state.upgrade?.['healthy-at'] !== undefined) return true;
  return state['service-instances'].some((instance) => instance['oper-status'] === 'error');
}
