import { ApiError, unauthorized } from '../protocol/errors.ts';
import type { Answer, Operation, Route, View } from '../protocol/route.ts';
import { FORGES, type ForgeName } from './forge.ts';
import { FORGE } from './forges.ts';
import type { Refusal, WebhookReceiver } from './receiver.ts';

const DESCRIPTION = `Looks at the repository at once when its branch was pushed. The answer is the run that tells what comes of
it; the same delivery again is the same run. Other branches and events, and pings, are taken as well, and their run says that
nothing was looked at. 403: no secret is configured. 401: none of those that are fits. 409: it is about another repository.`;

const TITLES: Readonly<Record<ForgeName, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  gitea: 'Gitea and Forgejo',
  generic: 'whatever else can send a request',
};

/** Webhooks of forges (contract 5.3): their own secret lets them in (contract 5.2). */
export function webhookRoutes(receiver: WebhookReceiver): readonly Route[] {
  return FORGES.map((forge) => ({
    path: `/v1/webhooks/${forge}`,
    audience: 'everybody',
    methods: { POST: operation(forge, receiver) },
  }));
}

function operation(forge: ForgeName, receiver: WebhookReceiver): Operation {
  const arrival = ({ header, caller: { address } }: Pick<View, 'header' | 'caller'>) => ({ forge, header, address });
  return {
    id: `webhook${FORGE_IDS[forge]}`,
    summary: `A webhook of ${TITLES[forge]}`,
    description: `${DESCRIPTION} Proof: ${FORGE[forge].expected}.`,
    body: {
      schema: forge === 'generic' ? 'GenericWebhook' : 'WebhookPayload',
      required: false,
      streamed: true,
      ...(forge === 'generic' ? {} : { otherTypes: ['application/x-www-form-urlencoded'] }),
    },
    responses: { 202: { description: 'Taken; what comes of it is a run', schema: 'Run' } },
    errors: [401, 403, 409, 413, 429],
    checkHead: async (head) => {
      const refusal = await receiver.refuse(arrival(head));
      if (refusal !== undefined) throw toError(refusal);
    },
    answer: async (view): Promise<Answer> => {
      const received = await receiver.receive(arrival(view), view.incoming);
      if ('refusal' in received) throw toError(received.refusal);
      const { run } = received;
      return { kind: 'accepted', value: run, headers: { 'fairlead-run': run.id } };
    },
  };
}

const FORGE_IDS: Readonly<Record<ForgeName, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  gitea: 'Gitea',
  generic: 'Generic',
};

/** What is not read any further ends its connection. */
function toError({ status, message, retryAfterS }: Refusal): ApiError {
  if (status === 401) return unauthorized(message);
  const wait = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  return new ApiError(status, message, { headers: { ...wait, ...(status === 413 ? { connection: 'close' } : {}) } });
}
