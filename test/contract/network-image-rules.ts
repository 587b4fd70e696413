import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/docker/port.ts';
import { SANDBOX_IMAGE } from '../../src/docker/sandbox-image.ts';
import { createNetwork, createSandbox, startOf, TEST_IMAGE } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';

export function describeNetworks(use: () => Ground): void {
  describe('networks', () => {
    it('shows a network with owner and subnet, by id, by name and in the list', async () => {
      const { docker, engine, owner, network, signal } = use();
      const seen = await docker.inspectNetwork(network, signal);
      expect(seen).toMatchObject({
        name: network,
        driver: 'bridge',
        subnets: [engine.subnets[0]],
        identity: { owner },
      });
      expect(await docker.inspectNetwork(seen!.id, signal)).toEqual(seen);
      expect(await docker.listNetworks(signal)).toContainEqual(seen);
      expect(await docker.inspectNetwork(`${owner}.none`, signal)).toBeUndefined();
    });

    it('takes the same network for success, whatever subnet it has', async () => {
      const { docker, engine, owner, network, signal } = use();
      const before = await docker.inspectNetwork(network, signal);
      await docker.createNetwork(createNetwork(owner, network, engine.subnets[2]), signal);
      expect(await docker.inspectNetwork(network, signal)).toEqual(before);
    });

    it('names the owner that has the name', async () => {
      const { docker, engine, owner, network, signal } = use();
      const theirs = createNetwork(`${owner}-b`, network, engine.subnets[2]);
      expect(await refusal(docker.createNetwork(theirs, signal), 'name-taken')).toContain(`owner "${owner}"`);
    });

    it('says that the subnet is taken', async () => {
      const { docker, engine, owner, signal } = use();
      const action = createNetwork(owner, `${owner}.overlap`, engine.subnets[0]);
      expect(await refusal(docker.createNetwork(action, signal), 'subnet-taken')).toContain(engine.subnets[0]);
    });

    it('does not remove a network somebody is on, and takes gone for success', async () => {
      const { docker, engine, owner, inspect, signal } = use();
      const network = `${owner}.used`;
      await docker.createNetwork(createNetwork(owner, network, engine.subnets[1]), signal);
      const { id } = (await docker.inspectNetwork(network, signal))!;
      await docker.createContainer(createSandbox(owner, `${owner}.user`, network), signal);
      await docker.startContainer(startOf(`${owner}.user`), signal);
      expect(await refusal(docker.removeNetwork(id, signal), 'conflict')).toContain('active endpoints');
      await docker.stopContainer((await inspect(`${owner}.user`)).id, 1_000, signal);
      expect((await inspect(`${owner}.user`)).addresses).toEqual({ [network]: '' });
      await docker.removeNetwork(id, signal);
      await docker.removeNetwork(id, signal);
      await refusal(docker.startContainer(startOf(`${owner}.user`), signal), 'conflict');
    });

    it('starts a sandbox on the network it was on, and never on a newer one of the same name', async () => {
      const { docker, engine, owner, inspect, signal } = use();
      const network = `${owner}.anew`;
      const make = async () => {
        await docker.createNetwork(createNetwork(owner, network, engine.subnets[1]), signal);
        return (await docker.inspectNetwork(network, signal))!.id;
      };
      const first = await make();
      const name = `${owner}.settler`;
      await docker.createContainer(createSandbox(owner, name, network), signal);
      expect((await inspect(name)).networkIds).toEqual({ [network]: '' });
      await docker.startContainer(startOf(name), signal);
      expect((await inspect(name)).networkIds).toEqual({ [network]: first });
      await docker.stopContainer((await inspect(name)).id, 1_000, signal);
      await docker.removeNetwork(first, signal);
      const second = await make();
      await refusal(docker.startContainer(startOf(name), signal), 'conflict');
      expect((await inspect(name)).networkIds).toEqual({ [network]: first });
      await docker.removeContainer((await inspect(name)).id, signal);
      await docker.removeNetwork(second, signal);
    });

    it('shows every network a container is on', async () => {
      const { docker, engine, owner, network, inspect, signal } = use();
      const further = `${owner}.further`;
      await docker.createNetwork(createNetwork(owner, further, engine.subnets[2]), signal);
      const { id } = (await docker.inspectNetwork(further, signal))!;
      await docker.createContainer(createSandbox(owner, `${owner}.both`, network), signal);
      await docker.startContainer(startOf(`${owner}.both`), signal);
      await engine.connect(`${owner}.both`, further);
      const seen = await inspect(`${owner}.both`);
      expect(Object.keys(seen.addresses).sort()).toEqual([further, network].sort());
      expect(seen.networkIds[further]).toBe(id);
      await docker.removeContainer(seen.id, signal);
      await docker.removeNetwork(id, signal);
    });

    it('tells of networks made and removed', async () => {
      const { docker, engine, owner, signal } = use();
      const listening = new AbortController();
      const network = `${owner}.told-net`;
      const seen: EngineEvent[] = [];
      for await (const event of docker.events(listening.signal)) {
        if (event.kind === 'connected') {
          await docker.createNetwork(createNetwork(owner, network, engine.subnets[2]), signal);
          await docker.removeNetwork((await docker.inspectNetwork(network, signal))!.id, signal);
        }
        if (event.kind !== 'network' || event.name !== network) continue;
        seen.push(event);
        if (event.action === 'destroy') listening.abort();
      }
      expect(seen.map((event) => event.kind === 'network' && event.action)).toEqual(['create', 'destroy']);
    });
  });
}

export function describeImages(use: () => Ground): void {
  describe('images', () => {
    it('shows an image by reference, by id and in the list', async () => {
      const { docker, signal } = use();
      const seen = await docker.inspectImage(TEST_IMAGE, signal);
      expect(seen?.tags).toContain(TEST_IMAGE);
      expect(await docker.inspectImage(seen!.id, signal)).toEqual(seen);
      expect(await docker.listImages(signal)).toContainEqual(seen);
      expect(await docker.inspectImage('fairlead-test/none:1', signal)).toBeUndefined();
    });

    it('makes the sandbox image without pulling, once', async () => {
      const { docker, signal } = use();
      const made = await docker.inspectImage(SANDBOX_IMAGE, signal);
      expect(made?.tags).toEqual([SANDBOX_IMAGE]);
      await docker.importSandboxImage(SANDBOX_IMAGE, signal);
      expect(await docker.inspectImage(SANDBOX_IMAGE, signal)).toEqual(made);
    });

    it('removes an image by its name, and takes one that is gone for removed', async () => {
      const { docker, owner, signal } = use();
      const reference = `fairlead-test/${owner}:gone`;
      await docker.importSandboxImage(reference, signal);
      await docker.removeImage(reference, signal);
      await docker.removeImage(reference, signal);
      expect(await docker.inspectImage(reference, signal)).toBeUndefined();
    });

    it('gives an image a further name, which is another image’s no more', async () => {
      const { docker, owner, signal } = use();
      const [name, reference] = [`fairlead-test/${owner}`, `fairlead-test/${owner}:moved`];
      await docker.importSandboxImage(reference, signal);
      await docker.tagImage(TEST_IMAGE, { name, tag: 'moved' }, signal);
      expect((await docker.inspectImage(reference, signal))?.id).toBe(
        (await docker.inspectImage(TEST_IMAGE, signal))?.id,
      );
      await docker.removeImage(reference, signal);
      expect((await docker.inspectImage(TEST_IMAGE, signal))?.tags).not.toContain(reference);
      await refusal(docker.tagImage('fairlead-test/none:1', { name, tag: 'x' }, signal), 'image-missing');
    });

    it('removes no image that a container uses', async () => {
      const { docker, sandbox, inspect, signal } = use();
      const { image } = await inspect(sandbox);
      expect(await refusal(docker.removeImage(image, signal), 'conflict')).toContain(image);
      expect((await docker.inspectImage(image, signal))?.tags).toContain(image);
    });

    it('says why a pull failed', async () => {
      const { docker, signal } = use();
      const sentence = await refusal(docker.pullImage('127.0.0.1:1/fairlead-test/none:1', signal), 'pull-failed');
      expect(sentence).toContain('127.0.0.1:1/fairlead-test/none:1');
    });
  });
}
