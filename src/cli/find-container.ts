import { ClientError } from './client-error.ts';
import type { Client } from './client.ts';
import { isRow, type Row } from './get-views.ts';

/** Which service instance a command is about, as the user named it: short or long. */
export interface InstanceName {
  readonly application: string;
  readonly instance: string;
}

/** A container as the paths of the API name it. */
export interface ContainerPath {
  readonly list: 'containers' | 'init-containers';
  readonly name: string;
}

/** Below `/v1/state/`. */
export function instancePath({ application, instance }: InstanceName): string {
  return `applications/${encodeURIComponent(application)}/service-instances/${encodeURIComponent(instance)}`;
}

export function containerPath(of: InstanceName, { list, name }: ContainerPath): string {
  return `${instancePath(of)}/${list}/${encodeURIComponent(name)}`;
}

/** The containers of an instance, in their order; init containers are not among them. @throws ClientError also when there is none */
export async function listContainers(client: Client, of: InstanceName): Promise<readonly ContainerPath[]> {
  const body = await client.get(instancePath(of));
  const found = namesIn(body, 'containers');
  if (found.length > 0) return found.map((name) => ({ list: 'containers', name }));
  throw new ClientError(`${of.instance} has no container${isRow(body) ? whyOf(body) : ''}`);
}

/** The one of this name, short or long, or an init container of it. @throws ClientError */
export async function findContainer(client: Client, of: InstanceName, name: string): Promise<ContainerPath> {
  const body = await client.get(instancePath(of)).catch((error: unknown) => {
    // Whoever may not look may act all the same; the name is taken as it is.
    if (error instanceof ClientError && error.status === 403) return undefined;
    throw error;
  });
  const has = (list: ContainerPath['list']) => namesIn(body, list).includes(shortName(name));
  const isInit = !has('containers') && has('init-containers');
  return { list: isInit ? 'init-containers' : 'containers', name };
}

/**
 * Whether nothing will be added to a container's log any more: it is gone, or has done what it is for. One that has ended
 * otherwise is started again.
 */
export async function isDone(client: Client, of: InstanceName, { list, name }: ContainerPath): Promise<boolean> {
  const body = await client.get(instancePath(of)).catch((error: unknown) => {
    if (error instanceof ClientError && error.status === 404) return {};
    if (error instanceof ClientError && error.status === 403) return undefined;
    throw error;
  });
  if (body === undefined) return false;
  const container = rowsIn(body, list).find((row) => row['name'] === shortName(name));
  return container === undefined || ['completed', 'admin-down'].includes(String(container['oper-status']));
}

function namesIn(body: unknown, list: ContainerPath['list']): readonly string[] {
  return rowsIn(body, list).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}

/** `nginx` of `acme.shop.web-1.nginx` */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function rowsIn(body: unknown, list: ContainerPath['list']): readonly Row[] {
  const rows: unknown = isRow(body) ? body[list] : undefined;
  return Array.isArray(rows) ? rows.filter(isRow) : [];
}

function whyOf(instance: Row): string {
  const reason = instance['error-message'];
  return typeof reason === 'string' ? `: ${reason}` : '';
}
