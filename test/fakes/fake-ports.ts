import { DockerError } from '../../src/docker/port.ts';
import type { DesiredPort } from '../../src/model/desired.ts';
import type { ObservedPort } from '../../src/model/observed.ts';
import { isUp, type FakeContainer } from './fake-container.ts';

const FIRST_FREE = 49_153;

/** Opens a container's ports on the host; DockerError `refused` for one that another running container has. */
export function openPorts(container: FakeContainer, all: readonly FakeContainer[]): readonly ObservedPort[] {
  if (container.desired.ports.length === 0) return [];
  const taken = all.filter((other) => other !== container && isUp(other)).flatMap(({ ports }) => ports);
  const opened: ObservedPort[] = [];
  for (const port of container.desired.ports) opened.push(open(container.name, port, [...taken, ...opened]));
  return opened;
}

function open(name: string, port: DesiredPort, taken: readonly ObservedPort[]): ObservedPort {
  const { containerPort, protocol } = port;
  const hostIp = port.hostIp === '' ? '0.0.0.0' : port.hostIp;
  const isTaken = (hostPort: number) =>
    taken.some((other) => other.hostPort === hostPort && other.protocol === protocol && overlap(other.hostIp, hostIp));
  let hostPort = port.hostPort ?? FIRST_FREE;
  if (port.hostPort === undefined) while (isTaken(hostPort)) hostPort += 1;
  if (!isTaken(hostPort)) return { containerPort, protocol, hostIp, hostPort };
  const why = `Bind for ${hostIp}:${hostPort} failed: port is already allocated`;
  throw new DockerError('refused', `cannot start container ${name}: ${why}`);
}

function overlap(a: string, b: string): boolean {
  return a === b || a === '0.0.0.0' || b === '0.0.0.0';
}
