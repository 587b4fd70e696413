import { textsAmong, toPrefixedSignature, valueAt, type Forge, type HeaderOf, type Proof } from './forge.ts';

/**
 * Whatever else can send a request: a pipeline, a script, a forge without a route of its own. Signed over
 * `TIMESTAMP.BODY`, or with the secret as a bearer token. The body may say `{"ref": "refs/heads/main", "repository": URL}`;
 * one that does not is taken as a push of anything.
 */
export const generic: Forge = {
  title: 'the sender',
  expected: 'X-Fairlead-Signature: sha256=… with X-Fairlead-Timestamp, or Authorization: Bearer …',
  proofs: (header) => [...signatureProof(header), ...tokenProof(header('authorization'))],
  bodyTellsApart: false,
  // Of the two the time is signed, and a request that is sent again has the same.
  deliveryId: (header) => header('x-fairlead-timestamp') ?? header('idempotency-key') ?? '',
  event: (_header, payload) => ({
    kind: 'push',
    refs: refsOf(payload),
    repositories: textsAmong([valueAt(payload, 'repository')]),
  }),
};

function signatureProof(header: HeaderOf): readonly Proof[] {
  const signature = toPrefixedSignature(header('x-fairlead-signature'));
  const time = header('x-fairlead-timestamp') ?? '';
  if (signature === undefined || !/^\d{1,12}$/.test(time)) return [];
  return [{ kind: 'signature', signatures: [signature], prefix: `${time}.`, timestamp: Number(time) }];
}

function tokenProof(authorization: string | undefined): readonly Proof[] {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return token === undefined ? [] : [{ kind: 'token', token }];
}

/** A short name is that of a branch. */
function refsOf(payload: unknown): readonly string[] | undefined {
  const [ref] = textsAmong([valueAt(payload, 'ref')]);
  return ref === undefined ? undefined : [ref.startsWith('refs/') ? ref : `refs/heads/${ref}`];
}
