import type { Registry } from 'prom-client';
import type { RequestWatch } from '../api/http/request-watch.ts';
import { METRICS } from './definitions.ts';
import { openCounter, openGauge, openHistogram } from './instruments.ts';

/** Counts what the state API answers. The route is its pattern: the number of series does not grow with what is asked. */
export function createRequestMeters(registry: Registry): RequestWatch {
  const requests = openCounter(registry, METRICS.requests);
  const time = openHistogram(registry, METRICS.requestTime);
  const inFlight = openGauge(registry, METRICS.requestsInFlight);
  const refused = openCounter(registry, METRICS.refused);
  return {
    began: () => inFlight.inc(),
    ended: ({ method, route, status, streamed, ms }) => {
      inFlight.dec();
      requests.inc({ method, route, status });
      if (!streamed) time.observe({ method, route }, ms / 1000);
    },
    refused: (reason) => refused.inc({ reason }),
  };
}
