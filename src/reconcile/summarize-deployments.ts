import { chooseVersion, deployedApplicationKey, type VersionChoice } from '../desired/choose-version.ts';
import { selectsSite } from '../desired/site.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import { deploymentState, type DeploymentFacts } from '../status/deployment-state.ts';
import type { ApplicationEntry, DeploymentEntry } from '../store/store.ts';

/** Which deployments select this site: worked out once a revision. */
export interface SelectedDeployments {
  readonly catalog: ResolvedCatalog | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly byApplication: ReadonlyMap<string, DocumentInForce<'application-deployment'>>;
  /** Which text each stands for, by application. */
  readonly choices: ReadonlyMap<string, VersionChoice>;
  /** Their keys. */
  readonly names: ReadonlySet<string>;
}

export function selectDeployments(
  catalog: ResolvedCatalog | undefined,
  labels: Readonly<Record<string, string>>,
): SelectedDeployments {
  const chosen = Object.entries(catalog?.deployments ?? {}).filter(([, deployment]) => selectsSite(deployment, labels));
  const byApplication = new Map(chosen.map(([, deployment]) => [deployedApplicationKey(deployment), deployment]));
  const choices = catalog && [...byApplication].map(([key, one]) => [key, chooseVersion(one, catalog)] as const);
  return { catalog, labels, byApplication, choices: new Map(choices), names: new Set(chosen.map(([key]) => key)) };
}

/** Before a revision was read. */
export const NOTHING_SELECTED = selectDeployments(undefined, {});

type Deployments = ReadonlyMap<string, DeploymentEntry>;

/** Keeps the entry of a deployment whose own document and whose application's state are as before. */
export function createDeploymentSummary(): (
  applications: ReadonlyMap<string, ApplicationEntry>,
  selected: SelectedDeployments,
  site: string,
) => Deployments {
  let former = new Map<string, { readonly facts: DeploymentFacts; readonly entry: DeploymentEntry }>();
  return (applications, { catalog, names, choices }, site) => {
    const sorted = Object.entries(catalog?.deployments ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    former = new Map(
      sorted.map(([key, deployment]) => {
        const applicationKey = deployedApplicationKey(deployment);
        const found = applications.get(applicationKey);
        const application = found?.config === undefined ? undefined : found.state;
        const selected = names.has(key);
        const choice = selected ? choices.get(applicationKey) : undefined;
        const awaited = choice?.kind === 'awaited' ? choice.reason : undefined;
        const facts: DeploymentFacts = { deployment, application, selected, awaited, site };
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
    a.deployment.document === b.deployment.document &&
    a.application === b.application &&
    a.selected === b.selected &&
    a.awaited === b.awaited
  );
}
