import type {
  ApplicationSpec,
  ContainerSpec,
  InitContainerSpec,
  ServiceSpec,
  VolumeSpec,
} from '../model/application-spec.ts';
import type { GovernedField } from '../model/governed-field.ts';
import type { Path } from '../spec/finding.ts';
import { costOfContainer } from './cost.ts';
import { plainCapability } from './rules.ts';

/** Before it is known where it stands in the text. */
export type UnplacedField = Pick<GovernedField, 'kind' | 'value'> & { readonly path: Path };

/** Everything in an application that a policy may have a say in, in the order of the document. */
export function governedFields({ services }: ApplicationSpec): readonly UnplacedField[] {
  return services.flatMap((service, index) => ofService(service, ['services', index]));
}

function ofService(service: ServiceSpec, path: Path): readonly UnplacedField[] {
  const { volumes = [], 'init-containers': initContainers = [], containers = [] } = service;
  return [
    ...volumes.flatMap((volume, index) => ofVolume(volume, [...path, 'volumes', index])),
    ...initContainers.flatMap((one, index) => ofContainer(one, [...path, 'init-containers', index])),
    ...containers.flatMap((one, index) => [
      ...ofContainer(one, [...path, 'containers', index]),
      ...portsOf(one, [...path, 'containers', index]),
    ]),
  ];
}

function ofVolume(volume: VolumeSpec, path: Path): readonly UnplacedField[] {
  return (['ephemeral-volume', 'persistent-volume'] as const).flatMap((kind) => {
    const value = volume[kind]?.['match-volume-labels'];
    return value === undefined ? [] : [{ kind: 'volume-labels', value, path: [...path, kind, 'match-volume-labels'] }];
  });
}

function ofContainer(container: InitContainerSpec, path: Path): readonly UnplacedField[] {
  const { image, gpu, security, name } = container;
  const cost = costOfContainer(container);
  const off = (['apparmor', 'selinux'] as const).filter((mechanism) => security?.[mechanism]?.disabled === true);
  const capabilities = container['additional-capabilities'] ?? [];
  const labels = container.devices?.['device-labels'] ?? [];
  return [
    { kind: 'image', value: image, path: [...path, 'image'] },
    ...(cost.memory === 0 ? [{ kind: 'no-memory' as const, value: name, path }] : []),
    ...(cost.cpus === 0 ? [{ kind: 'no-cpus' as const, value: name, path }] : []),
    ...capabilities.map((value, index) => ({
      kind: 'capability' as const,
      value: plainCapability(value),
      path: [...path, 'additional-capabilities', index],
    })),
    ...labels.map((value, index) => ({
      kind: 'device-label' as const,
      value,
      path: [...path, 'devices', 'device-labels', index],
    })),
    ...off.map((value) => ({
      kind: 'security-off' as const,
      value,
      path: [...path, 'security', value, 'disabled'],
    })),
    ...(gpu === undefined ? [] : [{ kind: 'gpu' as const, value: '', path: [...path, 'gpu'] }]),
  ];
}

function portsOf({ ports = [] }: ContainerSpec, path: Path): readonly UnplacedField[] {
  return ports.map(({ 'host-port': port }, index) => ({
    kind: 'host-port',
    value: port === undefined ? 'free' : String(port),
    path: [...path, 'ports', index, ...(port === undefined ? [] : ['host-port'])],
  }));
}
