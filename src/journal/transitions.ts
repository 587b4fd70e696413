import { applicationTransitions, statusChange } from '../status/application-transitions.ts';
import type { EventFacts } from '../status/event-document.ts';
import type { ApplicationEntry, DeploymentEntry, Snapshot } from '../store/store.ts';

/**
 * What has come to pass between two snapshots. An entry that nothing moved in is the same object in both, so this costs
 * what changed.
 * @param since when this daemon began, ms since the epoch
 */
export function transitions(before: Snapshot, after: Snapshot, since: number): readonly EventFacts[] {
  const revision = revisionOf(after);
  const applications = changedEntries(before.applications, after.applications).flatMap((change) =>
    applicationTransitions({
      name: { tenant: change.tenant, application: change.name },
      before: change.before?.state,
      after: change.after?.state,
      since,
    }),
  );
  const deployments = changedEntries(before.deployments, after.deployments).flatMap(deploymentTransitions);
  return [...applications, ...deployments].map((facts) => ({ ...facts, ...revision }));
}

/** The commit in force, as a key of an event. */
export function revisionOf({ repository }: Snapshot): { readonly revision?: string } {
  const revision = repository['fetched-revision'];
  return revision === '' ? {} : { revision };
}

interface Change<E> {
  readonly tenant: string;
  readonly name: string;
  readonly before: E | undefined;
  readonly after: E | undefined;
}

type AnyEntry = ApplicationEntry | DeploymentEntry;

function changedEntries<E extends AnyEntry>(
  before: ReadonlyMap<string, E>,
  after: ReadonlyMap<string, E>,
): readonly Change<E>[] {
  const changes: Change<E>[] = [];
  for (const [key, entry] of after) {
    const former = before.get(key);
    if (former?.state !== entry.state) changes.push({ ...nameOf(entry), before: former, after: entry });
  }
  for (const [key, entry] of before)
    if (!after.has(key)) changes.push({ ...nameOf(entry), before: entry, after: undefined });
  return changes;
}

function nameOf({ tenant, name }: AnyEntry): Pick<AnyEntry, 'tenant' | 'name'> {
  return { tenant, name };
}

function deploymentTransitions({ tenant, name, before, after }: Change<DeploymentEntry>): readonly EventFacts[] {
  const change = statusChange(before?.state.status, after?.state.status);
  const application = (after ?? before)?.state.application;
  if (change === undefined || application === undefined) return [];
  const message = `application deployment ${name}: ${change.message}`;
  return [{ type: 'application-deployment-status', tenant, application, message }];
}
