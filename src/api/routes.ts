import type { Logins } from './access/logins.ts';
import { applicationStatusRoutes } from './application-status.ts';
import { applicationRoutes } from './applications.ts';
import { deploymentRoutes } from './deployments.ts';
import { healthRoutes } from './health.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { metricsRoutes } from './metrics.ts';
import { loginRoutes } from './login.ts';
import { repositoryRoutes } from './repository.ts';
import type { Route } from './route.ts';
import { siteRoutes } from './sites.ts';
import { systemRoutes } from './system.ts';

export interface RouteOptions {
  /** Of Fairlead. */
  readonly version: string;
  readonly logins: Logins;
  /** Absent: what follows from the snapshot alone. */
  readonly metrics?: Pick<Metrics, 'text' | 'contentType'>;
  /** Whether the daemon ends. */
  readonly isEnding?: () => boolean;
}

/** THE table: everything the API serves, and `/openapi.json` describes. */
export function apiRoutes({ version, logins, metrics, isEnding }: RouteOptions): readonly Route[] {
  return [
    ...healthRoutes(version, isEnding),
    ...metricsRoutes(metrics ?? createMetrics({ version, now: Date.now })),
    ...loginRoutes(logins),
    ...applicationRoutes,
    ...deploymentRoutes,
    ...applicationStatusRoutes,
    ...siteRoutes(version),
    ...systemRoutes,
    ...repositoryRoutes,
  ];
}
