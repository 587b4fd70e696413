import { refsOf, textsAmong, valueAt, type Forge, type ForgeEvent, type HeaderOf, type Proof } from './forge.ts';

/**
 * GitLab: the secret token as it is, or with a signing token (`whsec_…`) an HMAC over id, time and body as Standard
 * Webhooks has it: `webhook-signature: v1,BASE64`, several with spaces between them. It may send both.
 */
export const gitlab: Forge = {
  title: 'GitLab',
  expected: 'X-Gitlab-Token, or webhook-signature with webhook-id and webhook-timestamp',
  proofs: (header) => [...signatureProof(header), ...tokenProof(header('x-gitlab-token'))],
  bodyTellsApart: true,
  deliveryId: (header) => header('webhook-id') ?? header('idempotency-key') ?? header('x-gitlab-event-uuid') ?? '',
  event: (header, payload) => toEvent(kindOf(header, payload), payload),
};

function tokenProof(token: string | undefined): readonly Proof[] {
  return token === undefined || token === '' ? [] : [{ kind: 'token', token }];
}

function signatureProof(header: HeaderOf): readonly Proof[] {
  const [id, time] = [header('webhook-id'), header('webhook-timestamp')];
  const signatures = (header('webhook-signature') ?? '').split(' ').flatMap((one) => {
    const base64 = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one)?.[1];
    return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
  });
  if (id === undefined || time === undefined || !/^\d{1,12}$/.test(time) || signatures.length === 0) return [];
  // As many as a rotation needs; each of them is compared.
  return [{ kind: 'signature', signatures: signatures.slice(0, 5), prefix: `${id}.${time}.`, timestamp: Number(time) }];
}

/** `Push Hook`; of a system hook the payload says what it is about. */
function kindOf(header: HeaderOf, payload: unknown): string {
  const event = header('x-gitlab-event') ?? '';
  const told = valueAt(payload, 'event_name') ?? valueAt(payload, 'object_kind');
  if (event !== 'System Hook' || typeof told !== 'string') return event;
  return SYSTEM_EVENTS[told] ?? told;
}

const SYSTEM_EVENTS: Readonly<Record<string, string>> = { push: 'Push Hook', tag_push: 'Tag Push Hook' };

function toEvent(event: string, payload: unknown): ForgeEvent {
  if (event !== 'Push Hook' && event !== 'Tag Push Hook') return { kind: 'other', event };
  const paths: readonly (readonly string[])[] = [
    ['project', 'path_with_namespace'],
    ['project', 'git_http_url'],
    ['project', 'git_ssh_url'],
    ['repository', 'git_http_url'],
    ['repository', 'git_ssh_url'],
  ];
  return { kind: 'push', refs: refsOf(payload), repositories: textsAmong(paths.map((at) => valueAt(payload, ...at))) };
}
