import type { ContainerKind } from './find-container.ts';

/** B of contract 5.3. */
export const INSTANCE = '/v1/state/applications/:application/service-instances/:instance';

/** Where what is done in a container is found: the two kinds, and their names in the ids of operations. */
export const CONTAINERS: readonly { readonly kind: ContainerKind; readonly path: string; readonly id: string }[] = [
  { kind: 'container', path: `${INSTANCE}/containers/:container`, id: 'Container' },
  { kind: 'init-container', path: `${INSTANCE}/init-containers/:container`, id: 'InitContainer' },
];
