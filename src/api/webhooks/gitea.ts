import { bodySignature, refsOf, toPrefixedSignature, toSignature, type Forge, type HeaderOf } from './forge.ts';
import { repositoriesOf } from './github.ts';

/** Gitea and Forgejo: an HMAC over the body in a header of their own, and in GitHub's. */
export const gitea: Forge = {
  title: 'Gitea or Forgejo',
  expected: 'X-Gitea-Signature, X-Forgejo-Signature or X-Hub-Signature-256',
  // The first that is there counts: a wrong one is not made good by another.
  proofs: (header) => {
    const own = header('x-forgejo-signature') ?? header('x-gitea-signature');
    return bodySignature(own === undefined ? toPrefixedSignature(header('x-hub-signature-256')) : toSignature(own));
  },
  bodyTellsApart: true,
  deliveryId: (header) => header('x-forgejo-delivery') ?? header('x-gitea-delivery') ?? '',
  event: (header, payload) => {
    const event = eventOf(header);
    if (event !== 'push') return { kind: 'other', event };
    return { kind: 'push', refs: refsOf(payload), repositories: repositoriesOf(payload) };
  },
};

function eventOf(header: HeaderOf): string {
  return header('x-forgejo-event') ?? header('x-gitea-event') ?? header('x-github-event') ?? '';
}
