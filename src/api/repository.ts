import { ApiError, badRequest } from './errors.ts';
import { toPlanDocument } from './plan-document.ts';
import { plainItem, readsOne, type Route, type View } from './route.ts';

/** What was read from git and what follows from it. Both name files and applications of every tenant: provider only. */
export const repositoryRoutes: readonly Route[] = [
  {
    path: '/v1/state/repository',
    audience: 'provider',
    methods: readsOne({
      id: 'getRepository',
      summary: 'Revisions, problems, removals that are held, errors of git',
      schema: 'Repository',
      answer: ({ snapshot }) => ({ kind: 'one', item: plainItem('repository', snapshot.repository) }),
    }),
  },
  {
    path: '/v1/state/plan',
    audience: 'provider',
    methods: readsOne({
      id: 'getPlan',
      summary: 'What would be done now, what later, what is held and why',
      schema: 'Plan',
      query: ['ref'],
      errors: [503],
      answer: planAnswer,
    }),
  },
];

function planAnswer({ snapshot, query }: View) {
  if (query['ref'] !== undefined)
    throw badRequest('ref: not supported yet, only the plan for what is fetched is known');
  const { plan } = snapshot;
  if (plan === undefined) throw new ApiError(503, 'no plan yet: the repository or the hosts have not been read so far');
  const item = { key: 'plan', source: plan, form: 'plan', body: () => toPlanDocument(plan) };
  return { kind: 'one', item } as const;
}
