import type { RunDocument } from '../../journal/run-document.ts';
import type { RunReader } from '../../journal/runs.ts';
import { notFound } from '../protocol/errors.ts';
import { plainItem, readsList, readsOne, type Route, type Scope } from '../protocol/route.ts';

/** What was triggered from outside, and what came of it (contract 5.3). */
export function runRoutes(runs: RunReader): readonly Route[] {
  return [
    {
      path: '/v1/state/runs',
      audience: 'tenants',
      methods: readsList({
        id: 'listRuns',
        summary: 'What was triggered from outside, newest first',
        schema: 'Run',
        answer: ({ scope }) => ({
          kind: 'list',
          items: visibleRuns(runs, scope).map((run) => plainItem(run.id, run)),
        }),
      }),
    },
    {
      path: '/v1/state/runs/:run',
      audience: 'tenants',
      methods: readsOne({
        id: 'getRun',
        summary: 'What was triggered from outside, and what came of it',
        schema: 'Run',
        answer: ({ scope, param }) => {
          const id = param('run');
          const run = visibleRuns(runs, scope).find((one) => one.id === id);
          if (run === undefined) throw notFound(`no run ${id}`);
          return { kind: 'one', item: plainItem(run.id, run) };
        },
      }),
    },
  ];
}

/** A tenant sees what is its own; what is nobody's, such as a webhook, is the site provider's. */
function visibleRuns(runs: RunReader, scope: Scope): readonly RunDocument[] {
  const all = runs.list();
  return scope.kind === 'all-tenants' ? all : all.filter(({ tenant }) => tenant === scope.tenant);
}
