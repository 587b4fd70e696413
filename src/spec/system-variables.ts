/** A variable that is defined by Fairlead. */
export interface SystemVariable {
  readonly name: string;
  /** What it holds; where it is said when it is empty, it is so otherwise too. */
  readonly meaning: string;
  /** `container`: it differs between the containers of an instance, so a config map has none. */
  readonly scope: 'instance' | 'container';
}

/** The beginning of their names, which no other variable may have. */
export const SYSTEM_PREFIX = 'SYS_';

/** The one that cannot be empty: it is an error to refer to it without an `approle`. */
export const SECRET_ID = 'SYS_APPROLE_SECRET_ID';

/** Contract 8.9. */
export const SYSTEM_VARIABLES = [
  { name: 'SYS_SITE', meaning: 'name of the site', scope: 'instance' },
  { name: 'SYS_TENANT', meaning: 'name of the tenant', scope: 'instance' },
  { name: 'SYS_APP', meaning: 'name of the application', scope: 'instance' },
  { name: 'SYS_APP_VERSION', meaning: 'version of the application; empty without one', scope: 'instance' },
  { name: 'SYS_SERVICE', meaning: 'name of the service', scope: 'instance' },
  { name: 'SYS_SERVICE_INSTANCE', meaning: 'name of the service instance: `web-2`', scope: 'instance' },
  { name: 'SYS_INSTANCE_INDEX', meaning: 'number of the service instance, from 1: `2`', scope: 'instance' },
  { name: 'SYS_CONTAINER', meaning: 'name of the container; empty in a config map', scope: 'container' },
  { name: 'SYS_HOST', meaning: 'name of the host', scope: 'instance' },
  { name: 'SYS_DOMAIN', meaning: 'domain of the site; empty without one', scope: 'instance' },
  {
    name: 'SYS_INGRESS_IPV4_ADDRESS',
    meaning: 'address of the instance from outside; empty without ingress',
    scope: 'instance',
  },
  { name: 'SYS_API_CA_CERT', meaning: 'certificate of the state API as PEM; empty without TLS', scope: 'instance' },
  {
    name: SECRET_ID,
    meaning: 'secret id of the `approle` of the container, which has to name one',
    scope: 'container',
  },
] as const satisfies readonly SystemVariable[];

export type SystemVariableName = (typeof SYSTEM_VARIABLES)[number]['name'];
