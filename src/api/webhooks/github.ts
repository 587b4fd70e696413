import { bodySignature, refsOf, textsAmong, toPrefixedSignature, valueAt, type Forge } from './forge.ts';

/** GitHub: an HMAC over the body as it was sent, JSON or a form with the field `payload`. */
export const github: Forge = {
  title: 'GitHub',
  expected: 'X-Hub-Signature-256: sha256=…',
  proofs: (header) => bodySignature(toPrefixedSignature(header('x-hub-signature-256'))),
  bodyTellsApart: true,
  deliveryId: (header) => header('x-github-delivery') ?? '',
  event: (header, payload) => {
    const event = header('x-github-event') ?? '';
    const repositories = repositoriesOf(payload);
    if (event === 'ping') return { kind: 'ping', repositories };
    return event === 'push' ? { kind: 'push', refs: refsOf(payload), repositories } : { kind: 'other', event };
  },
};

/** Of GitHub, and of Gitea and Forgejo, which have the same keys. */
export function repositoriesOf(payload: unknown): readonly string[] {
  const keys = ['full_name', 'clone_url', 'ssh_url', 'git_url'];
  return textsAmong(keys.map((key) => valueAt(payload, 'repository', key)));
}
