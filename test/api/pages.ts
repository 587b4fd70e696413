// What the pages of the API that Fairlead's is modelled on document of each path (seeds 000, 001 and 002; the actions of
// seed 001 are another matter). Codes are those of the pages; 503 is said of a sealed strongbox, which there is none of yet.

export interface Page {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the names of the sample. */
  readonly path: string;
  readonly query: readonly string[];
  readonly codes: readonly number[];
  /** What the sample answer shows. */
  readonly sample: 'application' | 'application-state' | 'instance' | 'system-instance' | 'none';
}

const LONG = 'acme.myapp.mysvc-1';
const CONFIG = '/v1/config/tenants/acme/applications';
const STATE = '/v1/state/tenants/acme/applications';
const INSTANCES = '/v1/state/applications/myapp/service-instances';
const CLUSTER = '/v1/state/system/cluster';

const READ_CODES = [200, 400, 401, 403, 404];
const CONFIG_CODES = [200, 400, 401, 403, 404, 412];
const CHANGE_CODES = [204, 400, 401, 403, 404, 412];
const LIST = ['fields', 'site', 'keys', 'count'];
const ONE = ['fields', 'site'];

export const PAGES: readonly Page[] = [
  reads(`${CLUSTER}/hosts/host-001/service-instances`, LIST, 'system-instance'),
  reads(`${CLUSTER}/hosts/host-001/service-instances/${LONG}`, ONE, 'system-instance'),
  reads(`${CLUSTER}/service-instances`, LIST, 'system-instance'),
  reads(`${CLUSTER}/service-instances/${LONG}`, ONE, 'system-instance'),
  reads(INSTANCES, LIST, 'instance'),
  reads(`${INSTANCES}/mysvc-1`, ONE, 'instance'),
  { method: 'POST', path: CONFIG, query: ['validate'], codes: [201, 400, 401, 403, 404, 409], sample: 'none' },
  {
    method: 'GET',
    path: CONFIG,
    query: ['fields', 'validate', 'keys', 'count'],
    codes: CONFIG_CODES,
    sample: 'application',
  },
  { method: 'PATCH', path: `${CONFIG}/myapp`, query: ['validate'], codes: CHANGE_CODES, sample: 'none' },
  { method: 'DELETE', path: `${CONFIG}/myapp`, query: ['validate'], codes: CHANGE_CODES, sample: 'none' },
  { method: 'PUT', path: `${CONFIG}/myapp`, query: ['validate'], codes: [201, ...CHANGE_CODES], sample: 'none' },
  {
    method: 'GET',
    path: `${CONFIG}/myapp`,
    query: ['fields', 'validate', 'version-list', 'version'],
    codes: CONFIG_CODES,
    sample: 'application',
  },
  reads(STATE, [...LIST, 'content'], 'application-state'),
  reads(`${STATE}/myapp`, [...ONE, 'content'], 'application-state'),
];

function reads(path: string, query: readonly string[], sample: Page['sample']): Page {
  return { method: 'GET', path, query, codes: READ_CODES, sample };
}
