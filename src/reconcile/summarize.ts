import { selectsSite, deployedApplicationKey, versionMismatch } from '../desired/site.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import { applicationKey, type ApplicationName } from '../model/names.ts';
import type { Attempt } from '../model/plan.ts';
import { indexImages, type ImageIndex } from '../plan/image-presence.ts';
import { applicationState, type ApplicationFacts } from '../status/application-state.ts';
import { deploymentState, type DeploymentFacts } from '../status/deployment-state.ts';
import { hostState, repositoryState } from '../status/host-state.ts';
import type { ApplicationEntry, DeploymentEntry, Snapshot } from '../store/store.ts';
import type { HostView } from './host-loop.ts';
import type { RepositoryView } from './repository-loop.ts';

export interface Views {
  readonly repository: RepositoryView;
  readonly host: HostView;
  readonly site: string;
  readonly siteLabels: Readonly<Record<string, string>>;
  readonly now: number;
}

/** Makes snapshots; an application whose facts are as before keeps its entry, so an event costs its application. */
export function createSummarizer(): (views: Views) => Snapshot {
  const summarizeDeployments = createDeploymentSummary();
  let former = new Map<string, Summary>();
  let images = indexImages([]);
  let selected: SelectedDeployments = { catalog: undefined, byApplication: new Map(), names: new Set() };
  const modified = new Map<string, { readonly specHash: string; readonly at: number }>();

  /** When the text last changed, as far as this daemon saw (contract 6: the commit's time). */
  function modifiedAt(key: string, inForce: DocumentInForce<'application'> | undefined, { repository }: Views): number {
    const specHash = inForce?.document.specHash ?? '';
    const known = modified.get(key);
    if (known?.specHash === specHash) return known.at;
    modified.set(key, { specHash, at: repository.revisionTime });
    return repository.revisionTime;
  }

  function entryOf(key: string, name: ApplicationName, around: Surroundings): Summary {
    const inForce = around.views.repository.catalog?.applications[key];
    const facts = applicationFacts(key, name, { ...around, modifiedAt: modifiedAt(key, inForce, around.views) });
    const before = former.get(key);
    if (before !== undefined && sameFacts(before.facts, facts) && !isTimeDependent(before.entry)) return before;
    const { tenant, application } = name;
    const state = applicationState(facts);
    const config = inForce?.document.spec;
    return {
      facts,
      entry: Object.freeze({ tenant, name: application, config, configTag: inForce?.document.specHash ?? '', state }),
    };
  }

  return (views) => {
    const { repository, host, site } = views;
    if (host.observed !== undefined && host.observed.images !== images.images)
      images = indexImages(host.observed.images);
    if (selected.catalog !== repository.catalog) selected = selectDeployments(repository.catalog, views.siteLabels);
    const pulling = new Set(
      host.inFlight.flatMap(({ action }) => (action.kind === 'pull-image' ? [action.image] : [])),
    );
    const held = new Map(host.plan?.held.map(({ application, reason }) => [application, reason]));
    const around: Surroundings = { views, images, selected, pulling, held, attempts: groupFailures(host.attempts) };
    former = new Map([...applicationNames(views)].map(([key, name]) => [key, entryOf(key, name, around)]));
    for (const key of modified.keys()) if (!former.has(key)) modified.delete(key);
    const applications = new Map([...former].map(([key, { entry }]) => [key, entry]));
    const deployments = summarizeDeployments(applications, selected, site);
    const tenants = new Set([...applications.values(), ...deployments.values()].map(({ tenant }) => tenant));
    return {
      site,
      applications,
      deployments,
      tenants: [...tenants].sort(),
      hosts: [hostState(host)],
      repository: repositoryState(repository, host),
      plan: host.plan,
      ready: repository.catalog !== undefined && (host.plan !== undefined || (host.tried && host.status === 'down')),
    };
  };
}

interface Summary {
  readonly facts: ApplicationFacts;
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

/** Which deployments select this site: worked out once a revision. */
interface SelectedDeployments {
  readonly catalog: ResolvedCatalog | undefined;
  readonly byApplication: ReadonlyMap<string, DocumentInForce<'application-deployment'>>;
  /** Their keys. */
  readonly names: ReadonlySet<string>;
}

function selectDeployments(
  catalog: ResolvedCatalog | undefined,
  labels: Readonly<Record<string, string>>,
): SelectedDeployments {
  const chosen = Object.entries(catalog?.deployments ?? {}).filter(([, deployment]) => selectsSite(deployment, labels));
  const byApplication = new Map(chosen.map(([, deployment]) => [deployedApplicationKey(deployment), deployment]));
  return { catalog, byApplication, names: new Set(chosen.map(([key]) => key)) };
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
  const desired = host.desired?.applications[key];
  return {
    name,
    host: host.host,
    inForce: repository.catalog?.applications[key],
    deployment: around.selected.byApplication.get(key)?.document.name,
    desired,
    observed: host.observed?.applications[key],
    hindrance: hindranceOf(key, around),
    failures: failuresOf(key, desired?.hash ?? '', attempts),
    images,
    pulling,
    modifiedAt,
    now,
  };
}

/** Why it is not, or not freely, reconciled. */
function hindranceOf(key: string, { views, selected, held }: Surroundings): string | undefined {
  const { catalog } = views.repository;
  const deployment = selected.byApplication.get(key);
  const inForce = catalog?.applications[key];
  const mismatch = deployment === undefined || inForce === undefined ? undefined : versionMismatch(deployment, inForce);
  return catalog?.leftAlone[key] ?? mismatch ?? views.host.plan?.blocked[key] ?? held.get(key);
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
    a.observed === b.observed &&
    a.images === b.images &&
    a.deployment === b.deployment &&
    a.hindrance === b.hindrance &&
    a.modifiedAt === b.modifiedAt &&
    JSON.stringify([...a.failures, ...a.pulling]) === JSON.stringify([...b.failures, ...b.pulling])
  );
}

/** A crash loop ends by the clock alone. */
function isTimeDependent({ state }: ApplicationEntry): boolean {
  return state['service-instances'].some((instance) => instance['oper-status'] === 'error');
}

type Deployments = ReadonlyMap<string, DeploymentEntry>;

/** Keeps the entry of a deployment whose own document and whose application's state are as before. */
function createDeploymentSummary(): (
  applications: ReadonlyMap<string, ApplicationEntry>,
  selected: SelectedDeployments,
  site: string,
) => Deployments {
  let former = new Map<string, { readonly facts: DeploymentFacts; readonly entry: DeploymentEntry }>();
  return (applications, { catalog, names }, site) => {
    const sorted = Object.entries(catalog?.deployments ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    former = new Map(
      sorted.map(([key, deployment]) => {
        const found = applications.get(deployedApplicationKey(deployment));
        const application = found?.config === undefined ? undefined : found.state;
        const facts: DeploymentFacts = { deployment, application, selected: names.has(key), site };
        const before = former.get(key);
        if (before !== undefined && isSameDeployment(before.facts, facts)) return [key, before];
        const { tenant, name, spec: config, specHash: configTag } = deployment.document;
        return [
          key,
          { facts, entry: Object.freeze({ tenant, name, config, configTag, state: deploymentState(facts) }) },
        ];
      }),
    );
    return new Map([...former].map(([key, { entry }]) => [key, entry]));
  };
}

function isSameDeployment(a: DeploymentFacts, b: DeploymentFacts): boolean {
  return (
    a.deployment.document === b.deployment.document && a.application === b.application && a.selected === b.selected
  );
}
