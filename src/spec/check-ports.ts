import { mappingsAt, textAt, type Mapping } from './fields.ts';
import { errorAt, formatPath, type Finding, type Path } from './finding.ts';

const EVERY_ADDRESS = '0.0.0.0';
/** Whatever address it was. */
const ANY = 'any';

/** A port of the host that a container is given. */
interface HostPort {
  readonly path: Path;
  readonly port: number;
  readonly address: string;
  readonly protocol: string;
}

/** A port of the host can be opened once, so only one instance can have it. */
export function checkPorts(application: Mapping): readonly Finding[] {
  const services = mappingsAt(application, 'services');
  return [
    ...checkTwice(services.flatMap(hostPorts)),
    ...services.flatMap(checkReplicas),
    ...services.flatMap(checkSuccession),
  ];
}

function hostPorts(service: Mapping): readonly HostPort[] {
  return mappingsAt(service, 'containers')
    .flatMap((container) => mappingsAt(container, 'ports'))
    .flatMap((port) => {
      const number = port.fields['host-port'];
      if (typeof number !== 'number') return [];
      const address = textAt(port, 'host-ip')?.text ?? EVERY_ADDRESS;
      const protocol = textAt(port, 'protocol')?.text ?? 'tcp';
      return [{ path: [...port.path, 'host-port'], port: number, address, protocol }];
    });
}

function checkTwice(ports: readonly HostPort[]): readonly Finding[] {
  const opened = new Map<string, HostPort>();
  return ports.flatMap((one) => {
    const { port, protocol, address, path } = one;
    const key = (at: string) => `${protocol} ${port} ${at}`;
    const earlier = opened.get(key(address === EVERY_ADDRESS ? ANY : address)) ?? opened.get(key(EVERY_ADDRESS));
    for (const at of [address, ANY]) if (!opened.has(key(at))) opened.set(key(at), one);
    if (earlier === undefined) return [];
    return [errorAt(path, `port ${port} of the host is opened twice (${formatPath(earlier.path)})`)];
  });
}

/** With a delayed shutdown an instance and what succeeds it run at the same time. */
function checkSuccession(service: Mapping): readonly Finding[] {
  if (service.fields['delayed-shutdown'] === undefined) return [];
  return hostPorts(service).map(({ path, port }) =>
    errorAt(
      path,
      `with delayed-shutdown an instance and its successor run at once, and only one of them can have port ${port} of a host; leave host-port out for a free one each, or leave out delayed-shutdown`,
    ),
  );
}

function checkReplicas(service: Mapping): readonly Finding[] {
  const { replicas } = service.fields;
  if (typeof replicas !== 'number' || replicas <= 1) return [];
  return hostPorts(service).map(({ path, port }) => ({
    path,
    target: 'value',
    message: `${formatPath(path)}: only one of ${replicas} instances can have port ${port} of a host; leave host-port out for a free one each`,
    severity: 'warning',
  }));
}
