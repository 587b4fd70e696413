import { ApiError } from '../protocol/errors.ts';
import type { Route } from '../protocol/route.ts';

/** For load balancers and supervisors: no token needed (contract 5.2). */
export function healthRoutes(version: string, isEnding: () => boolean = () => false): readonly Route[] {
  return [
    {
      path: '/healthz',
      audience: 'everybody',
      methods: {
        GET: {
          id: 'getHealth',
          summary: 'Whether the daemon runs',
          responses: { 200: { description: 'It does', schema: 'Health' } },
          answer: () => ({ kind: 'value', value: { status: 'ok', version } }),
        },
      },
    },
    {
      path: '/readyz',
      audience: 'everybody',
      methods: {
        GET: {
          id: 'getReadiness',
          summary: 'Whether every reachable host had one full pass',
          responses: { 200: { description: 'It had', schema: 'Readiness' } },
          errors: [503],
          answer: ({ snapshot }) => {
            if (isEnding()) throw new ApiError(503, 'not ready: it is ending');
            if (!snapshot.ready) throw new ApiError(503, 'not ready: not every reachable host had a full pass yet');
            return { kind: 'value', value: { status: 'ready' } };
          },
        },
      },
    },
  ];
}
