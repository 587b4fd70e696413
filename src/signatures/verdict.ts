/**
 * What a signature comes to. `reason` follows "the commit" or "the tag": `carries no signature`; it says what is wrong
 * and, where there is more to say than "sign it with a trusted key", how to mend it.
 */
export type Verdict =
  | {
      readonly verified: true;
      /** Whose it is, and the fingerprint of the key: `alice@example.com (ED25519 SHA256:…)`. */
      readonly signer: string;
    }
  | { readonly verified: false; readonly reason: string };

export function refuse(reason: string): Verdict {
  return { verified: false, reason };
}
