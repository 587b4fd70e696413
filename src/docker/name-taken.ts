import { DockerError } from './port.ts';

/** Contract 3: a name taken by another owner is an error that names it. */
export function throwNameTaken(
  name: string,
  kind: 'container' | 'network' | 'volume',
  owner: string | undefined,
): never {
  const holder = owner === undefined ? `a ${kind} Fairlead did not make` : `owner "${owner}"`;
  throw new DockerError('name-taken', `the name ${name} is taken by ${holder}`);
}

/** Our owner's label alone makes nothing ours: it is neither observed nor removed, so a person has to. */
export function throwHalfLabelled(name: string, kind: 'container' | 'volume' = 'container'): never {
  throw new DockerError(
    'name-taken',
    `the name ${name} is taken by a ${kind} that carries the owner's label but was not made by Fairlead: remove or rename it`,
  );
}

/** Data is never thrown away for a changed wish, so a person decides (avassa-reference 2.5). */
export function throwOtherKind(volume: string, kind: string | undefined): never {
  throw new DockerError(
    'refused',
    `volume ${volume} is there already and of the kind ${kind ?? '(none)'}: give the new one another name in the specification, or remove the old one by hand`,
  );
}
