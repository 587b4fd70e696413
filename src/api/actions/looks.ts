import { AmbiguousRevisionError, REVISION } from '../../reconcile/find-revision.ts';
import type { RevisionJudge } from '../../reconcile/revision-judge.ts';
import type { Actions } from './actions.ts';
import { badRequest, conflict } from '../protocol/errors.ts';
import { readsOne, type Answer, type Route, type View } from '../protocol/route.ts';
import { tagOf } from '../protocol/entries.ts';
import { namedPrincipal } from '../protocol/principal.ts';

/** For whoever has pushed: look now, and is it what runs (extensions). */
export function lookRoutes(actions: Actions, judge: RevisionJudge): readonly Route[] {
  return [
    {
      path: '/v1/state/repository/sync',
      audience: 'provider',
      methods: {
        POST: {
          id: 'syncRepository',
          summary: 'Look at the repository now',
          description: `The answer is the run that tells what comes of it; it has ended when the repository has been looked at and
what was found is in force. Many at a time are one look.`,
          role: 'operate',
          responses: { 202: { description: 'Accepted; what comes of it is a run', schema: 'Run' } },
          answer: async ({ caller: { principal } }): Promise<Answer> => {
            const run = await actions.sync(principal && namedPrincipal(principal));
            return { kind: 'accepted', value: run, headers: { 'fairlead-run': run.id } };
          },
        },
      },
    },
    {
      path: '/v1/state/repository/revisions/:revision',
      audience: 'provider',
      methods: readsOne({
        id: 'getRevisionOutcome',
        summary: 'Whether a commit is what runs, and what is missing',
        description: 'The first seven digits of a commit will do. With `If-None-Match` it costs little to ask again.',
        schema: 'RevisionOutcome',
        errors: [409],
        isTagged: true,
        answer: (view) => revisionAnswer(view, judge),
      }),
    },
  ];
}

async function revisionAnswer({ param }: View, judge: RevisionJudge): Promise<Answer> {
  const asked = param('revision').toLowerCase();
  if (!REVISION.test(asked)) throw badRequest('revision: expected 7 to 40 hexadecimal digits of a commit');
  try {
    const source = await judge(asked);
    const item = { key: asked, source, form: 'plain', body: () => source };
    return { kind: 'one', item, tag: tagOf([JSON.stringify(source)]) };
  } catch (error) {
    if (error instanceof AmbiguousRevisionError) throw conflict(error.message);
    throw error;
  }
}
