import { DockerError } from '../../src/docker/port.ts';
import { identityFromLabels } from '../../src/model/labels.ts';
import { LABEL } from '../../src/model/names.ts';
import type { ObservedNetwork } from '../../src/model/observed.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { formatCidr, overlaps, parseCidr, type Ipv4Range } from '../../src/model/subnet.ts';

export interface FakeNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly range: Ipv4Range;
  /** Container id → offset in the range, of those that run. */
  readonly endpoints: Map<string, number>;
}

/** The networks of a fake engine. Addresses are given out from the range, the lowest free one first. */
export class FakeNetworks {
  readonly #networks = new Map<string, FakeNetwork>();

  all(): readonly FakeNetwork[] {
    return [...this.#networks.values()];
  }

  find(idOrName: string): FakeNetwork | undefined {
    return this.#networks.get(idOrName) ?? this.all().find(({ name }) => name === idOrName);
  }

  /** Undefined when the same one is there already. */
  create(id: string, { network: name, subnet, labels }: ActionOf<'create-network'>): FakeNetwork | undefined {
    const present = this.find(name);
    if (present !== undefined) {
      throwUnlessSame(present, labels);
      return undefined;
    }
    const range = parseCidr(subnet);
    if (range === undefined)
      throw new DockerError('refused', `cannot create network ${name}: invalid subnet ${subnet}`);
    if (this.all().some((other) => overlaps(other.range, range))) {
      throw new DockerError('subnet-taken', `cannot create network ${name}: ${subnet} overlaps another network`);
    }
    const network: FakeNetwork = { id, name, labels, range, endpoints: new Map() };
    this.#networks.set(id, network);
    return network;
  }

  /** Undefined when it was gone already. */
  remove(id: string): FakeNetwork | undefined {
    const network = this.find(id);
    if (network === undefined) return undefined;
    if (network.endpoints.size > 0) {
      throw new DockerError('conflict', `cannot remove network ${id}: network ${network.name} has active endpoints`);
    }
    this.#networks.delete(network.id);
    return network;
  }

  connect(name: string, container: string): FakeNetwork {
    const network = this.find(name);
    if (network === undefined) throw new DockerError('conflict', `network ${name} not found`);
    const taken = new Set(network.endpoints.values());
    let offset = FIRST_OFFSET;
    while (taken.has(offset)) offset += 1;
    network.endpoints.set(container, offset);
    return network;
  }

  disconnect(name: string, container: string): FakeNetwork | undefined {
    const network = this.find(name);
    return network?.endpoints.delete(container) ? network : undefined;
  }

  /** `10.201.0.2/26`, or '' while it does not run. */
  addressOf(name: string, container: string): string {
    const network = this.find(name);
    const offset = network?.endpoints.get(container);
    if (network === undefined || offset === undefined) return '';
    const address = formatCidr({ first: network.range.first + offset, size: 1 }).replace('/32', '');
    return `${address}/${32 - Math.log2(network.range.size)}`;
  }
}

/** 0 is the network, 1 its gateway. */
const FIRST_OFFSET = 2;

export function toObservedNetwork(network: FakeNetwork): ObservedNetwork {
  const { id, name, labels, range } = network;
  return { id, name, identity: identityFromLabels(labels), driver: 'bridge', subnets: [formatCidr(range)] };
}

function throwUnlessSame({ name, labels }: FakeNetwork, wanted: Readonly<Record<string, string>>): void {
  const identifying = [LABEL.owner, LABEL.tenant, LABEL.application, LABEL.sharedNetwork];
  const isSame = identifying.every((label) => labels[label] === wanted[label]);
  if (isSame) return;
  const owner = labels[LABEL.owner];
  const holder = owner === undefined ? 'a network Fairlead did not make' : `owner "${owner}"`;
  throw new DockerError('name-taken', `the name ${name} is taken by ${holder}`);
}
