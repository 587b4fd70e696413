import { plainItem, readsOne, type Route } from '../protocol/route.ts';

/** What was read from git. It names files and applications of every tenant: provider only. */
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
];
