import type { Metrics } from '../../metrics/metrics.ts';
import type { Route } from '../protocol/route.ts';

/** For Prometheus: no token needed (contract 5.2). It tells names and numbers, and nothing of a specification. */
export function metricsRoutes({ text, contentType }: Pick<Metrics, 'text' | 'contentType'>): readonly Route[] {
  return [
    {
      path: '/metrics',
      audience: 'everybody',
      methods: {
        GET: {
          id: 'getMetrics',
          summary: 'Metrics in the text format of Prometheus',
          description: 'What each of them means stands in docs/metrics.md.',
          responses: { 200: { description: 'The metrics as they are now', contentType } },
          answer: async ({ snapshot }) => ({ kind: 'text', contentType, text: await text(snapshot) }),
        },
      },
    },
  ];
}
