/** Where webhooks come from; `gitea` is Forgejo as well. */
export const FORGES = ['github', 'gitlab', 'gitea', 'generic'] as const;
export type ForgeName = (typeof FORGES)[number];

/** A header of a request, by its name in small letters. */
export type HeaderOf = (name: string) => string | undefined;

/** How a delivery shows that whoever sent it knows a secret. */
export type Proof =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'signature';
      /** HMAC-SHA256, 32 bytes each; one of them has to be right. */
      readonly signatures: readonly Buffer[];
      /** What is signed before the body. */
      readonly prefix: string;
      /** When it was signed, as the signed text says; s since the epoch. Absent: it does not say. */
      readonly timestamp?: number;
    };

/** What a delivery tells of the repository. */
export type ForgeEvent =
  | {
      readonly kind: 'push';
      /** Full names of what was pushed, `refs/heads/main`; undefined: it does not say. */
      readonly refs: readonly string[] | undefined;
      /** Addresses and names of the repository, as the payload has them. */
      readonly repositories: readonly string[];
    }
  /** A webhook was set up. */
  | { readonly kind: 'ping'; readonly repositories: readonly string[] }
  /** Something that moves no branch. */
  | { readonly kind: 'other'; readonly event: string };

/** One kind of sender: where it puts what. Nothing in here is trusted before a proof has held. */
export interface Forge {
  /** In the words of its own pages: `GitHub`. */
  readonly title: string;
  /** What has to be there, for the error that nothing is: `X-Hub-Signature-256: sha256=…`. */
  readonly expected: string;
  /** Empty: the request has none that is of any form known here. */
  readonly proofs: (header: HeaderOf) => readonly Proof[];
  /** Two deliveries without a name of their own and with the same body are one. */
  readonly bodyTellsApart: boolean;
  /** What it calls this delivery, and its repetitions; '' where it says nothing. */
  readonly deliveryId: (header: HeaderOf) => string;
  /** @param payload what the body says; undefined where nobody looked at it */
  readonly event: (header: HeaderOf, payload: unknown) => ForgeEvent;
}

/** 32 bytes of hexadecimal digits; undefined when they are not. */
export function toSignature(hex: string | undefined): Buffer | undefined {
  return hex !== undefined && /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

/** `sha256=HEX`; undefined when it is not. */
export function toPrefixedSignature(text: string | undefined): Buffer | undefined {
  return text?.startsWith('sha256=') === true ? toSignature(text.slice('sha256='.length)) : undefined;
}

/** The proof of a signature over the body alone. */
export function bodySignature(signature: Buffer | undefined): readonly Proof[] {
  return signature === undefined ? [] : [{ kind: 'signature', signatures: [signature], prefix: '' }];
}

/** What stands at a path of keys; undefined where nothing does. */
export function valueAt(payload: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    payload,
  );
}

/** The texts among some values, none twice, none empty. */
export function textsAmong(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value): value is string => typeof value === 'string' && value !== ''))];
}

/** `ref` of a payload as a list; undefined where it has none. */
export function refsOf(payload: unknown): readonly string[] | undefined {
  const refs = textsAmong([valueAt(payload, 'ref')]);
  return refs.length === 0 ? undefined : refs;
}
