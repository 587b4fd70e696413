import { ApiError } from '../protocol/errors.ts';
import { toPlanDocument } from './plan-document.ts';
import { valueOf } from '../protocol/query.ts';
import type { ReviewDesk } from './review-desk.ts';
import { plainItem, readsOne, type Answer, type Route, type View } from '../protocol/route.ts';

/** What would be done, now or with a ref merged. It names applications of every tenant: provider only. */
export function planRoutes(reviews: ReviewDesk): readonly Route[] {
  return [
    {
      path: '/v1/state/plan',
      audience: 'provider',
      methods: readsOne({
        id: 'getPlan',
        summary: 'What would be done now; with `ref`, what would be if that were merged',
        description: DESCRIPTION,
        schema: 'PlanOrReview',
        query: ['ref'],
        errors: [409, 429, 503],
        answer: (view) => {
          const ref = valueOf(view.query, 'ref');
          return ref === undefined ? planNow(view) : planFor(ref, view, reviews);
        },
      }),
    },
  ];
}

const DESCRIPTION =
  'With `ref`, a branch or a full name such as `refs/pull/12/head` is fetched, merged with what is in force and compared ' +
  'with what runs, drift included; nothing is carried out. Which refs may be asked for is a setting (`plan-refs`; others ' +
  'are 403, unknown ones 404), and one token may ask ten times at once and then every 6 s (429, with `Retry-After`).';

function planNow({ snapshot }: View): Answer {
  const { plan } = snapshot;
  if (plan === undefined) throw new ApiError(503, 'no plan yet: the repository or the hosts have not been read so far');
  return { kind: 'one', item: { key: 'plan', source: plan, form: 'plan', body: () => toPlanDocument(plan) } };
}

async function planFor(ref: string, { caller, signal }: View, reviews: ReviewDesk): Promise<Answer> {
  const review = await reviews.ask(ref, caller.principal?.name ?? caller.address, signal());
  return { kind: 'one', item: plainItem('plan', review) };
}
