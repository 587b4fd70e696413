import { decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import type { Principal } from '../protocol/principal.ts';
import type { IssuerEntry } from './access.ts';
import { toTokenHolder } from './claims.ts';
import { fetchJson } from './fetch-json.ts';
import { isSafeAddress } from './issuer-fields.ts';
import { createKeySet, type KeySet } from './key-set.ts';

/** Signed tokens (JWT) of the issuers in the tokens file. */
export interface SignedTokens {
  /** Who holds the token, by the first entry that takes it; undefined: nobody. */
  find(issuers: readonly IssuerEntry[], token: string): Promise<Principal | undefined>;
}

export interface SignedTokensOptions {
  /** ms since 1970 */
  readonly now: () => number;
  /** ms, from any start: the age of keys. */
  readonly elapsed: () => number;
  /** Told when the keys of an issuer cannot be loaded, once until they can. */
  readonly onProblem: (message: string) => void;
  /** Ends questions to issuers. */
  readonly signal: AbortSignal;
}

const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** How far the clocks may be apart. */
const TOLERANCE_S = 30;

export function createSignedTokens(options: SignedTokensOptions): SignedTokens {
  const { now } = options;
  const keySetOf = createKeySets(options);
  return {
    find: async (issuers, token) => {
      const named = SHAPE.test(token) ? issuerOf(token) : undefined;
      for (const entry of issuers.filter(({ issuer }) => issuer === named)) {
        const holder = await verify(entry, token, { keys: keySetOf(entry, issuers), now: new Date(now()) });
        if (holder !== undefined) return holder;
      }
      return undefined;
    },
  };
}

/** Nothing of it is believed yet. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

interface Surroundings {
  readonly keys: KeySet;
  readonly now: Date;
}

async function verify(entry: IssuerEntry, token: string, { keys, now }: Surroundings): Promise<Principal | undefined> {
  const { issuer, audience, algorithms } = entry;
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience: [...audience], algorithms: [...algorithms] },
      ...{ currentDate: now, clockTolerance: TOLERANCE_S, requiredClaims: ['exp'] },
    });
    return toTokenHolder(entry, payload);
  } catch {
    // Whatever keeps it from being verified: an odd key of an issuer is no error of ours.
    return undefined;
  }
}

/** One key set for each address, however many entries share it; it goes with the last of them. */
function createKeySets({ elapsed, onProblem, signal }: SignedTokensOptions) {
  const keySets = new Map<string, KeySet>();
  let latest: readonly IssuerEntry[] = [];
  return (entry: IssuerEntry, issuers: readonly IssuerEntry[]): KeySet => {
    if (issuers !== latest) {
      const wanted = new Set(issuers.map(addressOf));
      for (const address of keySets.keys()) if (!wanted.has(address)) keySets.delete(address);
      latest = issuers;
    }
    const address = addressOf(entry);
    const { issuer, jwksUri } = entry;
    const load = async () => toKeySet(await fetchJson(jwksUri ?? (await discover(issuer, signal)), signal));
    const tell = (reason: string) => onProblem(`the keys of ${issuer} cannot be loaded: ${reason}`);
    const keySet = keySets.get(address) ?? createKeySet({ load, now: elapsed, onProblem: tell });
    keySets.set(address, keySet);
    return keySet;
  };
}

function addressOf({ issuer, jwksUri }: IssuerEntry): string {
  return JSON.stringify([issuer, jwksUri ?? null]);
}

/** Where an issuer says its keys are (OpenID Connect Discovery 1.0, section 4). */
async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, signal);
  const found: Readonly<Record<string, unknown>> = isRecord(document) ? document : {};
  if (found['issuer'] !== issuer) throw new Error('its openid-configuration is that of another issuer');
  const uri = found['jwks_uri'];
  if (typeof uri === 'string' && isSafeAddress(uri)) return uri;
  throw new Error('its openid-configuration has no https:// address under jwks_uri');
}

/** What jose looks at more closely. */
function toKeySet(value: unknown): JSONWebKeySet {
  const keys: unknown = isRecord(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys)) throw new Error('there is no list of keys');
  return { keys: keys.filter(isJwk) };
}

/** Private and shared keys have no business there. */
function isJwk(value: unknown): value is JSONWebKeySet['keys'][number] {
  return isRecord(value) && typeof value['kty'] === 'string' && value['kty'] !== 'oct' && !('d' in value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
