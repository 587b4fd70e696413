import type { SecretKeySpec, VariableSpec } from '../src/model/application-spec.ts';
import { NO_SECRET_VALUES, secretId, type SecretValues } from '../src/model/secret-values.ts';
import type { SecretSource } from '../src/reconcile/secret-source.ts';

/** Values of the key `value` of secrets of the vault `vault` of the tenant `acme`, by the secrets' names. */
export function secretValues(bySecret: Readonly<Record<string, string>>): SecretValues {
  const entries = Object.entries(bySecret).map(([name, value]) => [secretId('acme', secretKey(name)), value] as const);
  return { values: new Map(entries), hashKey: 'a key of a test' };
}

/** A variable that holds one of them. */
export function secretVariable(name: string, secret: string): VariableSpec {
  return { name, 'value-from-vault-secret': secretKey(secret) };
}

function secretKey(secret: string): SecretKeySpec {
  return { vault: 'vault', secret, key: 'value' };
}

/** Delivers what a test hands it. */
export class FakeSecrets implements SecretSource {
  #values = NO_SECRET_VALUES;
  readonly #listeners: (() => void)[] = [];

  current(): SecretValues {
    return this.#values;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  deliver(bySecret: Readonly<Record<string, string>>): void {
    this.#values = secretValues(bySecret);
    for (const listener of this.#listeners) listener();
  }
}
