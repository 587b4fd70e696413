import type { ApplicationSpec, ServiceSpec } from '../model/application-spec.ts';
import type { DesiredVariables } from '../model/desired.ts';
import { applicationKey, type ApplicationName } from '../model/names.ts';
import { findSecret, secretId, type SecretValues } from '../model/secret-values.ts';
import { findReferences } from '../spec/variables.ts';
import { keyedHash } from './hash.ts';
import type { InstanceContext } from './instance-context.ts';

// A variable is mutable when its value comes from a secret: that can change while the text stays (avassa-reference 2.6).

interface MutableVariable {
  readonly name: string;
  /** Of the secret that holds its value. */
  readonly id: string;
  /** undefined: not delivered, so that no instance is placed. */
  readonly value: string | undefined;
}

/** In the order of the specification. */
export function mutableVariables(
  { variables = [] }: ServiceSpec,
  tenant: string,
  secrets: SecretValues,
): readonly MutableVariable[] {
  return variables.flatMap(({ name, 'value-from-vault-secret': secret }) =>
    secret === undefined ? [] : [{ name, id: secretId(tenant, secret), value: findSecret(secrets, tenant, secret) }],
  );
}

const ON_CHANGE = {
  'restart-service-instance': 'restart',
  'upgrade-application': 'upgrade',
  ignore: 'ignore',
} as const satisfies Record<NonNullable<ApplicationSpec['on-mutable-variable-change']>, DesiredVariables['onChange']>;

/** A restart where nothing is said (contract 5: the reference's default). */
export function onVariableChange(spec: ApplicationSpec): DesiredVariables['onChange'] {
  return ON_CHANGE[spec['on-mutable-variable-change'] ?? 'restart-service-instance'];
}

/** What the values of an instance come to: of the variables that an env, a cmd or an entrypoint of it refers to. */
export function desiredVariables({ service, name, site, onVariableChange }: InstanceContext): DesiredVariables {
  const mutable = mutableVariables(service, name.tenant, site.secrets);
  const referred = mutable.length === 0 ? new Set() : referredNames(service);
  const used = mutable.filter((variable) => referred.has(variable.name));
  return { hash: hashValues(used, name, site.secrets), onChange: onVariableChange };
}

/** Changes with any value that is delivered for an application, or is not; '' for one that asks for none. */
export function hashSecrets({ services }: ApplicationSpec, name: ApplicationName, secrets: SecretValues): string {
  const all = services.flatMap((service) => mutableVariables(service, name.tenant, secrets));
  return hashValues(all, name, secrets);
}

/** Equal values of two applications have unlike hashes: nobody learns from a label that they are equal. */
function hashValues(variables: readonly MutableVariable[], name: ApplicationName, { hashKey }: SecretValues): string {
  if (variables.length === 0) return '';
  const values = Object.fromEntries(variables.map(({ id, value }) => [id, value]));
  return keyedHash(hashKey, [applicationKey(name), values]);
}

function referredNames(service: ServiceSpec): ReadonlySet<string> {
  const containers = [...(service['init-containers'] ?? []), ...(service.containers ?? [])];
  const texts = containers.flatMap(({ env = {}, entrypoint = [], cmd = [] }) => [
    ...Object.values(env),
    ...entrypoint,
    ...cmd,
  ]);
  return new Set(texts.flatMap((text) => findReferences(text).map(({ name }) => name)));
}
