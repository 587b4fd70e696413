import type { Client } from './client.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Column {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

/** One kind that `fairlead get` shows. */
export interface KindView {
  /** `service instance`, for messages. */
  readonly noun: string;
  readonly load: (client: Client, name: string | undefined) => Promise<readonly Row[]>;
  readonly columns: readonly Column[];
  /** A name chooses some of them, it names none. */
  readonly isChosenByName?: true;
}

export const KIND_VIEWS = {
  applications: {
    noun: 'application',
    load: loadFrom('applications'),
    columns: [
      ...columns('tenant', 'name', 'version'),
      { title: 'STATUS', cell: (row) => textAt(row, 'oper-status') },
      { title: 'READY', cell: readyInstances },
      { title: 'DEPLOYMENT', cell: (row) => textAt(row, 'application-deployment') },
      { title: 'MESSAGE', cell: (row) => textAt(row, 'error-message') || textAt(row, 'progress') },
    ],
  },
  'application-deployments': {
    noun: 'application deployment',
    load: loadFrom('application-deployments'),
    columns: [
      ...columns('tenant', 'name', 'application'),
      { title: 'VERSION', cell: (row) => textAt(row, 'application-version') },
      { title: 'STATUS', cell: (row) => textAt(recordAt(row, 'status'), 'oper-status') },
      { title: 'MESSAGE', cell: (row) => textAt(recordAt(row, 'status'), 'error-message') },
    ],
  },
  'service-instances': {
    noun: 'service instance',
    load: loadInstances,
    columns: [
      ...columns('tenant', 'application', 'name'),
      { title: 'VERSION', cell: (row) => textAt(row, 'application-version') },
      { title: 'STATUS', cell: (row) => textAt(row, 'oper-status') },
      { title: 'READY', cell: readyContainers },
      { title: 'RESTARTS', cell: restarts },
      { title: 'HOST', cell: (row) => textAt(row, 'host') },
      { title: 'ADDRESS', cell: addressOf },
      { title: 'MESSAGE', cell: (row) => textAt(row, 'error-message') || textAt(row, 'progress') },
    ],
  },
  sites: {
    noun: 'site',
    load: loadSites,
    columns: [
      ...columns('name', 'type'),
      { title: 'DESCRIPTION', cell: (row) => textAt(row, 'descriptive-name') },
      { title: 'LABELS', cell: labels },
    ],
  },
  hosts: {
    noun: 'host',
    load: loadFrom('system/cluster/hosts'),
    columns: [
      { title: 'NAME', cell: (row) => textAt(row, 'cluster-hostname') },
      ...columns('hostname', 'version'),
      { title: 'STATUS', cell: (row) => textAt(row, 'oper-status') },
      { title: 'STARTED', cell: startTime },
      { title: 'FREE', cell: freeSpace },
      { title: 'MESSAGE', cell: (row) => textAt(row, 'error-message') },
    ],
  },
  events: {
    noun: 'event',
    load: async (client, application) => toRows(await client.get('events', eventQuery(application))).toReversed(),
    isChosenByName: true,
    columns: [
      ...columns('time', 'type'),
      { title: 'OBJECT', cell: eventObject },
      { title: 'MESSAGE', cell: (row) => textAt(row, 'message') },
    ],
  },
} as const satisfies Record<string, KindView>;

/** The newest of all applications, or of one. */
export function eventQuery(application: string | undefined): Readonly<Record<string, string>> {
  return { limit: '100', ...(application === undefined ? {} : { application }) };
}

/** `acme.shop.web-1.nginx`, or the host where it is none of an application. */
function eventObject(row: Row): string {
  const names = ['tenant', 'application', 'service-instance', 'container'].map((key) => textAt(row, key));
  return names.filter((name) => name !== '').join('.') || textAt(row, 'host');
}

export type Kind = keyof typeof KIND_VIEWS;

export function isKind(text: string): text is Kind {
  return Object.hasOwn(KIND_VIEWS, text);
}

/** Columns that show a key as it is. */
function columns(...keys: readonly string[]): readonly Column[] {
  return keys.map((key) => ({ title: key.toUpperCase(), cell: (row) => textAt(row, key) }));
}

function loadFrom(path: string): KindView['load'] {
  return async (client, name) => {
    if (name === undefined) return toRows(await client.get(path));
    return toRows([await client.get(`${path}/${encodeURIComponent(name)}`)]);
  };
}

/** What a tenant may know of them, too. */
async function loadSites(client: Client, name: string | undefined): Promise<readonly Row[]> {
  return toRows(await client.get('assigned-sites')).filter((site) => name === undefined || site['name'] === name);
}

/** Of every application that can be seen; a name is short or long, and several applications may have it. */
async function loadInstances(client: Client, name: string | undefined): Promise<readonly Row[]> {
  const fields = 'name,tenant,service-instances';
  const applications = toRows(await client.get('applications', { fields }));
  const rows = applications.flatMap((application) =>
    toRows(application['service-instances']).map(({ name: instance, ...rest }): Row => {
      const { name: owner, tenant } = application;
      return { name: instance, ...(tenant === undefined ? {} : { tenant }), application: owner, ...rest };
    }),
  );
  return name === undefined ? rows : rows.filter((row) => namesOf(row).some((known) => known === name));
}

/** `web-1`, `shop.web-1`, `acme.shop.web-1` */
function namesOf(row: Row): readonly string[] {
  const [tenant, application, name] = ['tenant', 'application', 'name'].map((key) => textAt(row, key));
  return [`${name}`, `${application}.${name}`, `${tenant}.${application}.${name}`];
}

/** Without old ones that live on for a while. */
function readyInstances(row: Row): string {
  return ratio(toRows(row['service-instances']).filter(({ lingering }) => lingering !== true));
}

function readyContainers(row: Row): string {
  return ratio(toRows(row['containers']));
}

/** Of all its containers, since they were made. */
function restarts(row: Row): string {
  const containers = [...toRows(row['init-containers']), ...toRows(row['containers'])];
  const counts = containers.map((container) => Number(container['total-restarts'] ?? 0));
  return String(counts.reduce((sum, count) => sum + count, 0));
}

/** Without those that only repeat the other columns. */
function labels(row: Row): string {
  const own = Object.entries(recordAt(row, 'labels')).filter(([key]) => !key.startsWith('system/'));
  return own.map(([key, value]) => (value === '' ? key : `${key}=${String(value)}`)).join(' ');
}

/** Of a host that has not answered yet there is none: the API has 1970 then. */
function startTime(row: Row): string {
  const time = textAt(row, 'started-at');
  return Date.parse(time) > 0 ? time : '';
}

/** `7.9GB of 253GB` */
function freeSpace(row: Row): string {
  const disk = recordAt(row, 'disk');
  return 'free' in disk ? `${textAt(disk, 'free')} of ${textAt(disk, 'total')}` : '';
}

function ratio(rows: readonly Row[]): string {
  return `${rows.filter(({ ready }) => ready === true).length}/${rows.length}`;
}

function addressOf(row: Row): string {
  const ips = recordAt(row, 'application-network')['ips'];
  return Array.isArray(ips) ? ips.map(String).join(' ') : '';
}

function toRows(body: unknown): readonly Row[] {
  return Array.isArray(body) ? body.filter(isRow) : [];
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordAt(row: Row, key: string): Row {
  const value = row[key];
  return isRow(value) ? value : {};
}

function textAt(row: Row, key: string): string {
  const value = row[key];
  return typeof value === 'string' ? value : '';
}
