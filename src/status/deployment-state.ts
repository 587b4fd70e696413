import type { DocumentInForce } from '../model/catalog.ts';
import type { ApplicationState, DeploymentOperStatus, DeploymentState } from './documents.ts';

export interface DeploymentFacts {
  readonly deployment: DocumentInForce<'application-deployment'>;
  /** Absent: no such application. */
  readonly application: ApplicationState | undefined;
  /** Its placement selects this site. */
  readonly selected: boolean;
  readonly site: string;
}

/** The state document of an application deployment (avassa-reference 4.2). */
export function deploymentState(facts: DeploymentFacts): DeploymentState {
  const { spec } = facts.deployment.document;
  const { status, message } = judge(facts);
  return {
    ...spec,
    'application-version': spec['application-version'] ?? '*',
    status: {
      'oper-status': status,
      ...(message === undefined ? {} : { 'error-message': message }),
      images: imagesOf(facts),
      'application-versions': versionsOf(facts, status),
    },
  };
}

function judge({ deployment, application, selected }: DeploymentFacts): {
  status: DeploymentOperStatus;
  message?: string;
} {
  if (application === undefined)
    return { status: 'error', message: `no application ${deployment.document.spec.application}` };
  if (!selected) return { status: 'deployed' };
  const message = application['error-message'];
  if (application['oper-status'] === 'error') return { status: 'error', ...(message === undefined ? {} : { message }) };
  return { status: application['oper-status'] === 'running' ? 'deployed' : 'deploying' };
}

function imagesOf({ application, selected }: DeploymentFacts): DeploymentState['status']['images'] {
  if (!selected) return [];
  const containers = application?.services?.flatMap((service) => service.containers ?? []) ?? [];
  const named = new Map(containers.map((container) => [container.image, container]));
  return [...named.values()].map((container) => {
    const image: { status?: string; digest?: string } =
      'image-status' in container ? (container['image-status'] as object) : {};
    return {
      name: container.image,
      status: image.status ?? 'missing',
      ...(image.digest === undefined ? {} : { digest: image.digest }),
    };
  });
}

function versionsOf({ application, selected, site }: DeploymentFacts, status: DeploymentOperStatus) {
  if (!selected || application?.version === undefined) return [];
  const here = [{ site }];
  const done = status === 'deployed';
  return [{ version: application.version, 'deployed-to': done ? here : [], 'deploying-to': done ? [] : here }];
}
