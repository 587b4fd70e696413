import type { FakeContainer } from './fake-container.ts';
import type { FakeEvents } from './fake-events.ts';
import type { FakeNetworks } from './fake-networks.ts';

/** Which container is on which network of a fake engine. */
export class FakeAttachments {
  readonly #networks: FakeNetworks;
  readonly #events: FakeEvents;

  constructor(networks: FakeNetworks, events: FakeEvents) {
    this.#networks = networks;
    this.#events = events;
  }

  /** Each network it belongs to: the very one it was on before or, the first time, the one that has the name. */
  attachAll(container: FakeContainer): void {
    for (const [name, id] of container.networkIds) if (!isBuiltIn(name)) this.attach(container, id || name);
  }

  detachAll(container: FakeContainer): void {
    for (const id of container.networkIds.values()) this.detach(container, id);
  }

  attach(container: FakeContainer, idOrName: string): void {
    const { id, name } = this.#networks.connect(idOrName, container.id);
    container.networkIds.set(name, id);
    this.#events.emit({ kind: 'network', action: 'connect', id, name, container: container.id });
  }

  detach(container: FakeContainer, idOrName: string): void {
    const left = this.#networks.disconnect(idOrName, container.id);
    if (left === undefined) return;
    const { id, name } = left;
    this.#events.emit({ kind: 'network', action: 'disconnect', id, name, container: container.id });
  }

  /** `docker network prune`: what no running container is on. */
  prune(): void {
    for (const { id, name, endpoints } of this.#networks.all()) {
      if (endpoints.size > 0) continue;
      this.#networks.remove(id);
      this.#events.emit({ kind: 'network', action: 'destroy', id, name, container: undefined });
    }
  }
}

function isBuiltIn(network: string): boolean {
  return network === 'none' || network === 'host' || network === 'bridge';
}
