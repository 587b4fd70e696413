import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JSONWebKeySet,
} from 'jose';

/** The public keys of an issuer. Rejects where the key is not among them, or none are known. */
export type KeySet = (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => Promise<CryptoKey>;

/** Ages of a key set, and how soon it may be asked for again, in ms. */
const KEY_SET = {
  /** Younger ones are used as they are. */
  freshMs: 600_000,
  /** Older ones are not used, even while the issuer does not answer. */
  usableMs: 3_600_000,
  /** Between two questions, whatever tokens arrive: after a key that is not known, and after a failure. */
  pauseMs: { unknownKey: 30_000, failure: 10_000 },
} as const;

export interface KeySetOptions {
  readonly load: () => Promise<JSONWebKeySet>;
  /** ms, from any start */
  readonly now: () => number;
  /** Told when the keys cannot be loaded, once until they can. */
  readonly onProblem: (reason: string) => void;
}

/** Keeps the keys; requests that wait for them wait for one question together, and none asks again too soon. */
export function createKeySet({ load, now, onProblem }: KeySetOptions): KeySet {
  let known: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly at: number } | undefined;
  let askedAt = -Infinity;
  let failed = false;
  let asking: Promise<void> | undefined;

  const ask = async (): Promise<void> => {
    askedAt = now();
    try {
      known = { find: createLocalJWKSet(await load()), at: now() };
      failed = false;
    } catch (error) {
      if (!failed) onProblem(reasonOf(error));
      failed = true;
    }
  };
  const lookAgain = async (pauseMs: number): Promise<void> => {
    if (asking === undefined && now() - askedAt < pauseMs) return;
    asking ??= ask().finally(() => (asking = undefined));
    await asking;
  };
  const isYounger = (ms: number): boolean => known !== undefined && now() - known.at < ms;

  return async (header, token) => {
    if (!isYounger(KEY_SET.freshMs)) await lookAgain(failed ? KEY_SET.pauseMs.failure : 0);
    if (known === undefined || !isYounger(KEY_SET.usableMs)) throw new errors.JWKSNoMatchingKey();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await lookAgain(KEY_SET.pauseMs.unknownKey);
      return known.find(header, token);
    }
  };
}

/** Network errors of `fetch` say why in their cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${error.message} (${cause.message})` : error.message;
}
