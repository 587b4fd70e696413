import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Proof } from './forge.ts';

/** A secret that a sender and this daemon share. Never in a log or an answer. */
export interface WebhookSecret {
  /** What people call it, to tell which one is in use; undefined: it has no name. */
  readonly name: string | undefined;
  /** Payloads of other repositories are taken, too. */
  readonly anyRepository: boolean;
  /** The key of signatures; undefined where it is sent as it is. */
  readonly key: Buffer | undefined;
  /** sha256 of what is sent as it is; undefined where it is a key alone. */
  readonly tokenHash: Buffer | undefined;
}

/** Clocks differ, and a delivery may be on its way for a while; what is older may be a replay. */
export const TIMELY_S = 300;

/** Whether a proof is of now, where it says when it was made. @param now ms since the epoch */
export function isTimely(proof: Proof, now: number): boolean {
  if (proof.kind === 'token' || proof.timestamp === undefined) return true;
  return Math.abs(now / 1000 - proof.timestamp) <= TIMELY_S;
}

/** The secret that a proof holds by itself, before the body is there: a token does. Takes as long for each secret. */
export function holderOfToken(proofs: readonly Proof[], secrets: readonly WebhookSecret[]): WebhookSecret | undefined {
  const hashes = proofs.flatMap((proof) =>
    proof.kind === 'token' ? [createHash('sha256').update(proof.token).digest()] : [],
  );
  return secrets.find(({ tokenHash }) => hashes.some((hash) => tokenHash !== undefined && equal(hash, tokenHash)));
}

/** What the body has still to show, while it comes. */
export interface BodyCheck {
  update(chunk: Uint8Array): void;
  /** The secret the body was signed with; undefined: none that is known here. */
  holder(): WebhookSecret | undefined;
}

/** Costs one pass over the body for each secret. */
export function checkBody(proofs: readonly Proof[], secrets: readonly WebhookSecret[]): BodyCheck {
  const checks = proofs.flatMap((proof) =>
    proof.kind === 'signature' ? secrets.flatMap((secret) => toCheck(proof, secret)) : [],
  );
  return {
    update: (chunk) => {
      for (const { hmac } of checks) hmac.update(chunk);
    },
    holder: () => {
      const right = checks.filter(({ hmac, signatures }) => {
        const digest = hmac.digest();
        return signatures.some((signature) => equal(signature, digest));
      });
      return right[0]?.secret;
    },
  };
}

interface Check {
  readonly secret: WebhookSecret;
  readonly signatures: readonly Buffer[];
  readonly hmac: ReturnType<typeof createHmac>;
}

function toCheck(
  { signatures, prefix }: Extract<Proof, { kind: 'signature' }>,
  secret: WebhookSecret,
): readonly Check[] {
  if (secret.key === undefined) return [];
  return [{ secret, signatures, hmac: createHmac('sha256', secret.key).update(prefix) }];
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
