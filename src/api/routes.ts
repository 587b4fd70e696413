import type { EventRing } from '../journal/event-ring.ts';
import type { AuditReader } from '../journal/audit.ts';
import type { RunReader } from '../journal/runs.ts';
import type { RevisionJudge } from '../reconcile/revision-judge.ts';
import type { Logins } from './access/logins.ts';
import type { Actions } from './actions/actions.ts';
import { applicationStatusRoutes } from './state/application-status.ts';
import { applicationRoutes } from './state/applications.ts';
import { auditRoutes } from './journal/audit.ts';
import { deploymentRoutes } from './state/deployments.ts';
import { eventRoutes } from './journal/events.ts';
import { healthRoutes } from './state/health.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { lookRoutes } from './actions/looks.ts';
import { metricsRoutes } from './state/metrics.ts';
import { loginRoutes } from './access/login.ts';
import { openApiDocument } from './openapi/openapi.ts';
import { apiSchemas, openApiRoute } from './openapi/route.ts';
import { planRoutes } from './plan/plan.ts';
import { repositoryRoutes } from './state/repository.ts';
import { restartRoutes } from './actions/restart.ts';
import type { ReviewDesk } from './plan/review-desk.ts';
import type { Route } from './protocol/route.ts';
import { runRoutes } from './journal/runs.ts';
import { connectRoutes } from './sessions/connect.ts';
import { execInteractiveRoutes } from './sessions/exec-interactive.ts';
import { execRoutes } from './sessions/exec.ts';
import { logRoutes } from './sessions/logs.ts';
import type { Sessions } from './sessions/sessions.ts';
import { vmRoutes } from './sessions/vm.ts';
import { siteRoutes } from './state/sites.ts';
import { systemRoutes } from './state/system.ts';
import type { WebhookReceiver } from './webhooks/receiver.ts';
import { webhookRoutes } from './webhooks/routes.ts';

export interface RouteOptions {
  /** Of Fairlead. */
  readonly version: string;
  readonly logins: Logins;
  readonly events: EventRing;
  readonly runs: RunReader;
  readonly audit: AuditReader;
  readonly actions: Actions;
  readonly sessions: Sessions;
  readonly webhooks: WebhookReceiver;
  readonly judge: RevisionJudge;
  readonly reviews: ReviewDesk;
  /** Absent: what follows from the snapshot alone. */
  readonly metrics?: Pick<Metrics, 'text' | 'contentType'>;
  /** Whether the daemon ends. */
  readonly isEnding?: () => boolean;
}

/** THE table: everything the API serves, and `/openapi.json` describes. */
export function apiRoutes({
  version,
  isEnding,
  logins,
  events,
  runs,
  audit,
  actions,
  sessions,
  webhooks,
  judge,
  reviews,
  ...others
}: RouteOptions): readonly Route[] {
  const metrics = others.metrics ?? createMetrics({ version, now: Date.now });
  const routes: readonly Route[] = [
    ...healthRoutes(version, isEnding),
    ...metricsRoutes(metrics),
    openApiRoute(() => openApiDocument(routes, apiSchemas(), { version })),
    ...loginRoutes(logins),
    ...applicationRoutes,
    ...deploymentRoutes,
    ...applicationStatusRoutes,
    ...siteRoutes(version),
    ...systemRoutes,
    ...repositoryRoutes,
    ...planRoutes(reviews),
    ...lookRoutes(actions, judge),
    ...webhookRoutes(webhooks),
    ...eventRoutes(events),
    ...runRoutes(runs),
    ...auditRoutes(audit),
    ...restartRoutes(actions),
    ...execRoutes(sessions),
    ...execInteractiveRoutes(sessions),
    ...connectRoutes(sessions),
    ...vmRoutes,
    ...logRoutes(sessions),
  ];
  return routes;
}
