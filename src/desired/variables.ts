import { shortInstanceName } from '../model/names.ts';
import type { SystemVariableName } from '../spec/system-variables.ts';
import type { InstanceContext } from './instance-context.ts';
import { mutableVariables } from './mutable-variables.ts';

/**
 * What `${NAME}` stands for in one container of an instance: the variables of its service and those of the system
 * (contract 8.9), which nobody can override. Files are shared by the containers, so in them `container` is ''.
 */
export function containerVariables(context: InstanceContext, container: string): ReadonlyMap<string, string> {
  const { service, name, site } = context;
  return new Map([
    ...(service.variables ?? []).map((variable) => [variable.name, variable.value ?? ''] as const),
    ...mutableVariables(service, name.tenant, site.secrets).map((one) => [one.name, one.value ?? ''] as const),
    ...Object.entries(systemVariables(context, container)),
  ]);
}

/**
 * The same for what is hashed: a mutable variable stands for which secret holds it, not for its value, between bytes
 * that no text has. undefined: there is none, so that the values themselves serve.
 */
export function hashedVariables(context: InstanceContext, container: string): ReadonlyMap<string, string> | undefined {
  const mutable = mutableVariables(context.service, context.name.tenant, context.site.secrets);
  if (mutable.length === 0) return undefined;
  return new Map([
    ...containerVariables(context, container),
    ...mutable.map(({ name, id }) => [name, `\0${id}\0`] as const),
  ]);
}

/** Empty are those without value: there is no API certificate, no ingress, no site domain and no approle yet. */
function systemVariables(
  { name, version, site }: InstanceContext,
  container: string,
): Readonly<Record<SystemVariableName, string>> {
  return {
    SYS_SITE: site.site,
    SYS_TENANT: name.tenant,
    SYS_APP: name.application,
    SYS_APP_VERSION: version ?? '',
    SYS_SERVICE: name.service,
    SYS_SERVICE_INSTANCE: shortInstanceName(name),
    SYS_INSTANCE_INDEX: String(name.index),
    SYS_CONTAINER: container,
    SYS_HOST: site.host.name,
    SYS_DOMAIN: '',
    SYS_INGRESS_IPV4_ADDRESS: '',
    SYS_API_CA_CERT: '',
    SYS_APPROLE_SECRET_ID: '',
  };
}
