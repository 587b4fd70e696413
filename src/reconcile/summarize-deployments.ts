import { deployedApplicationKey, selectsSite } from '../desired/site.ts';
import type { DocumentInForce, ResolvedCatalog } from '../model/catalog.ts';
import { deploymentState, type DeploymentFacts } from '../status/deployment-state.ts';
import type { ApplicationEntry, DeploymentEntry } from '../store/store.ts';

/** Which deployments select this site: worked out once a revision. */
export interface SelectedDeployments {
  readonly catalog: ResolvedCatalog | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly byApplication: ReadonlyMap<string, DocumentInForce<'application-deployment'>>;
  /** Their keys. */
  readonly names: ReadonlySet<string>;
}

export function selectDeployments(
  catalog: ResolvedCatalog | undefined,
  labels: Readonly<Record<string, string>>,
): SelectedDeployments {
  const chosen = Object.entries(catalog?.deployments ?? {}).filter(([, deployment]) => selectsSite(deployment, labels));
  const byApplication = new Map(chosen.map(([, deployment]) => [deployedApplicationKey(deployment), deployment]));
  return { catalog, labels, byApplication, names: new Set(chosen.map(([key]) => key)) };
}

type Deployments = ReadonlyMap<string, DeploymentEntry>;

/** Keeps the entry of a deployment whose own document and whose application's state are as before. */
export function createDeploymentSummary(): (
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
