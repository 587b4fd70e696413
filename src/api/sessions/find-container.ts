import { serviceOf } from '../../model/names.ts';
import type { ContainerState, InitContainerState } from '../../status/documents.ts';
import { findInstance, type FoundInstance } from '../state/applications.ts';
import { notFound } from '../protocol/errors.ts';
import type { View } from '../protocol/route.ts';

/** The two kinds have names of their own, each under its own path. */
export type ContainerKind = 'container' | 'init-container';

/** A container that a path names. */
export interface FoundContainer extends FoundInstance {
  readonly kind: ContainerKind;
  readonly name: string;
  /** undefined: it is in the specification, and no host has the instance yet. */
  readonly state: ContainerState | InitContainerState | undefined;
}

/**
 * The container of the path, by its short name or its long one.
 * @throws ApiError 404, 409
 */
export function findContainer(view: View, kind: ContainerKind): FoundContainer {
  const found = findInstance(view);
  const { entry, instance } = found;
  const wanted = view.param('container');
  const prefix = `${entry.tenant}.${entry.name}.${instance.name}.`;
  const name = wanted.startsWith(prefix) ? wanted.slice(prefix.length) : wanted;
  const states = kind === 'container' ? instance.containers : instance['init-containers'];
  const state = states.find((one) => one.name === name);
  if (state === undefined && specOf(found, kind, name) === undefined)
    throw notFound(`no ${kind} ${wanted} in service instance ${instance.name}`);
  return { ...found, kind, name, state };
}

/** What the specification in force says of it; undefined where it has none of that name. */
export function specOf({ entry, instance }: FoundInstance, kind: ContainerKind, name: string) {
  const service = entry.state.services?.find((one) => one.name === serviceOf(instance.name));
  const containers = kind === 'container' ? service?.containers : service?.['init-containers'];
  return containers?.find((one) => one.name === name);
}
