import type { SecretKeySpec } from './application-spec.ts';

/** The values of secrets that were delivered to this site. NEVER IN A LOG, A PLAN, A STATE OR AN ERROR. */
export interface SecretValues {
  /** By `secretId`. */
  readonly values: ReadonlyMap<string, string>;
  /**
   * Hashes of values are keyed with it, so that whoever sees one cannot try out values. A secret itself, the same
   * wherever a daemon of this site runs: another one makes every value look changed. '' while there are no values.
   */
  readonly hashKey: string;
}

export const NO_SECRET_VALUES: SecretValues = { values: new Map(), hashKey: '' };

/** `acme/database/admin/password`: one key of a secret, all over the site. */
export function secretId(tenant: string, { vault, secret, key }: SecretKeySpec): string {
  return `${tenant}/${vault}/${secret}/${key}`;
}

/** undefined: it was not delivered. */
export function findSecret({ values }: SecretValues, tenant: string, spec: SecretKeySpec): string | undefined {
  return values.get(secretId(tenant, spec));
}

/** A shorter one stands in every other sentence, and is no secret to anybody. */
const SHORTEST_HIDDEN = 4;

/** What somebody else says, an engine for example, with `***` for every value it quotes, escaped or not. */
export function hideSecrets(text: string, { values }: SecretValues): string {
  if (text === '' || values.size === 0) return text;
  const long = [...values.values()].filter(({ length }) => length >= SHORTEST_HIDDEN);
  const forms = new Set(long.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]));
  return [...forms].sort((a, b) => b.length - a.length).reduce((rest, form) => rest.replaceAll(form, '***'), text);
}
