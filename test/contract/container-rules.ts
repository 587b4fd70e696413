import { describe, expect, it } from 'vitest';
import { LABEL } from '../../src/model/names.ts';
import { createMember, createSandbox, startOf, TEST_IMAGE, TEST_IMAGE_2 } from './actions.ts';
import { refusal, type Ground } from './docker-contract.ts';

export function describeObserve(use: () => Ground): void {
  describe('observing containers', () => {
    it('says of a running sandbox what it is, whose, and its address', async () => {
      const { owner, sandbox, network, inspect, engine } = use();
      const seen = await inspect(sandbox);
      expect(seen).toMatchObject({ name: sandbox, status: 'running', restartPolicy: 'no', sandboxId: undefined });
      expect(seen.identity).toMatchObject({
        owner,
        role: 'sandbox',
        service: 'web',
        index: 1,
        configHash: '1:sandbox',
      });
      expect(seen.addresses[network]).toBe(engine.subnets[0].replace('.0/26', '.2/26'));
      expect(seen.pid).toBeGreaterThan(0);
      expect(seen.startedAt).toBeGreaterThanOrEqual(seen.createdAt);
      expect(seen.finishedAt).toBe(0);
    });

    it('says of a new member that it was created, for which sandbox, with its limits', async () => {
      const { docker, owner, sandbox, inspect, signal } = use();
      const name = `${owner}.new`;
      const resources = { memoryBytes: 64 * 1024 ** 2, nanoCpus: 500_000_000, cpuShares: 512 };
      const settings = { resources, stopTimeoutMs: 2_500, image: TEST_IMAGE_2 };
      await docker.createContainer(createMember(owner, name, sandbox, settings), signal);
      const seen = await inspect(name);
      const { id: sandboxId } = await inspect(sandbox);
      expect(seen).toMatchObject({ status: 'created', pid: 0, startedAt: 0, finishedAt: 0, sandboxId, resources });
      expect(seen).toMatchObject({ image: TEST_IMAGE_2, stopTimeoutMs: 3_000, restartPolicy: 'unless-stopped' });
      expect(seen.imageId).toBe((await docker.inspectImage(TEST_IMAGE_2, signal))?.id);
      expect(seen.addresses).toEqual({});
      expect(await docker.inspectContainer(seen.id, signal)).toEqual(seen);
    });

    it('lists what carries the owner, and nothing of another owner', async () => {
      const { docker, owner, sandbox, signal } = use();
      expect((await docker.listContainers(owner, signal)).map(({ name }) => name)).toContain(sandbox);
      expect(await docker.listContainers(`${owner}-other`, signal)).toEqual([]);
    });

    it('has no answer for a container that is not there', async () => {
      const { docker, owner, signal } = use();
      expect(await docker.inspectContainer(`${owner}.nobody`, signal)).toBeUndefined();
    });
  });
}

export function describeCreate(use: () => Ground): void {
  describe('creating containers', () => {
    it('takes the very same container for success', async () => {
      const { docker, owner, sandbox, inspect, signal } = use();
      const action = createMember(owner, `${owner}.twice`, sandbox);
      await docker.createContainer(action, signal);
      const { id } = await inspect(`${owner}.twice`);
      await docker.createContainer(action, signal);
      expect((await inspect(`${owner}.twice`)).id).toBe(id);
    });

    it('asks to look again when another version has the name', async () => {
      const { docker, owner, sandbox, signal } = use();
      const name = `${owner}.versions`;
      await docker.createContainer(createMember(owner, name, sandbox), signal);
      const newer = createMember(owner, name, sandbox, { configHash: '1:def' });
      expect(await refusal(docker.createContainer(newer, signal), 'conflict')).toContain(name);
    });

    it('takes one that an earlier release stamped in its own format for success', async () => {
      const { docker, owner, sandbox, inspect, signal } = use();
      const name = `${owner}.formats`;
      await docker.createContainer(createMember(owner, name, sandbox, { configHash: '1:abc' }), signal);
      const { id } = await inspect(name);
      const later = createMember(owner, name, sandbox, { configHash: '2:abc', formerHashes: ['1:abc'] });
      await docker.createContainer(later, signal);
      expect((await inspect(name)).id).toBe(id);
    });

    it('names the owner that has the name', async () => {
      const { docker, owner, sandbox, runMember, signal } = use();
      await runMember(`${owner}.mine`);
      const theirs = createMember(`${owner}-b`, `${owner}.mine`, sandbox);
      expect(await refusal(docker.createContainer(theirs, signal), 'name-taken')).toContain(`owner "${owner}"`);
    });

    it('says when something Fairlead did not make has the name', async () => {
      const { docker, engine, owner, sandbox, signal } = use();
      await engine.makeForeign(`${owner}.foreign`);
      const action = createMember(owner, `${owner}.foreign`, sandbox);
      const sentence = await refusal(docker.createContainer(action, signal), 'name-taken');
      expect(sentence).toContain('Fairlead did not make');
    });

    it('says what to do about one with our label alone, which it neither made nor removes', async () => {
      const { docker, engine, owner, sandbox, signal } = use();
      await engine.makeForeign(`${owner}.half`, { [LABEL.owner]: owner });
      const action = createMember(owner, `${owner}.half`, sandbox);
      const sentence = await refusal(docker.createContainer(action, signal), 'name-taken');
      expect(sentence).toContain('was not made by Fairlead: remove or rename it');
    });

    it('says that the image is not on the host', async () => {
      const { docker, owner, sandbox, signal } = use();
      const action = createMember(owner, `${owner}.imageless`, sandbox, { image: 'fairlead-test/none:1' });
      expect(await refusal(docker.createContainer(action, signal), 'image-missing')).toContain('fairlead-test/none:1');
    });

    it('refuses a member of a sandbox that does not exist', async () => {
      const { docker, owner, signal } = use();
      await refusal(docker.createContainer(createMember(owner, `${owner}.lost`, `${owner}.no-sb`), signal), 'conflict');
    });

    it('refuses an empty cmd where the image has no entrypoint to run without arguments', async () => {
      const { docker, owner, sandbox, signal } = use();
      const action = createMember(owner, `${owner}.empty`, sandbox, { cmd: [] });
      expect(await refusal(docker.createContainer(action, signal), 'refused')).toContain(TEST_IMAGE);
    });

    it('accepts an empty cmd with an entrypoint, and a sandbox image with an empty cmd', async () => {
      const { docker, owner, sandbox, signal } = use();
      const own = { entrypoint: ['sleep', '1000'], cmd: [] };
      await docker.createContainer(createMember(owner, `${owner}.no-arguments`, sandbox, own), signal);
      await docker.startContainer(startOf(`${owner}.no-arguments`), signal);
    });
  });
}

export function describeStartAndStop(use: () => Ground): void {
  describe('starting and stopping', () => {
    it('takes a second start for success', async () => {
      const { docker, owner, runMember, inspect, signal } = use();
      const { startedAt } = await runMember(`${owner}.started`);
      await docker.startContainer(startOf(`${owner}.started`), signal);
      expect((await inspect(`${owner}.started`)).startedAt).toBe(startedAt);
    });

    it('does not start a member whose sandbox does not run', async () => {
      const { docker, owner, network, inspect, signal } = use();
      await docker.createContainer(createSandbox(owner, `${owner}.idle-sb`, network), signal);
      await docker.createContainer(createMember(owner, `${owner}.idle`, `${owner}.idle-sb`), signal);
      const sentence = await refusal(docker.startContainer(startOf(`${owner}.idle`), signal), 'conflict');
      expect(sentence).toContain('cannot join network of a non running container');
      const seen = await inspect(`${owner}.idle`);
      expect(seen).toMatchObject({ status: 'created', startedAt: 0, exitCode: 128 });
      expect(seen.engineError).toContain('cannot join network');
    });

    it('does not start a member whose sandbox was made anew', async () => {
      const { docker, owner, network, inspect, signal } = use();
      const sandbox = createSandbox(owner, `${owner}.renewed-sb`, network);
      await docker.createContainer(sandbox, signal);
      await docker.createContainer(createMember(owner, `${owner}.renewed`, `${owner}.renewed-sb`), signal);
      await docker.removeContainer((await inspect(`${owner}.renewed-sb`)).id, signal);
      await docker.createContainer(sandbox, signal);
      await docker.startContainer(startOf(`${owner}.renewed-sb`), signal);
      expect(await refusal(docker.startContainer(startOf(`${owner}.renewed`), signal), 'conflict')).toContain(
        'No such container',
      );
    });

    it('refuses to start what is not there', async () => {
      const { docker, owner, signal } = use();
      await refusal(docker.startContainer(startOf(`${owner}.nobody`), signal), 'conflict');
    });

    it('stops, and takes stopped and gone for success', async () => {
      const { docker, owner, runMember, inspect, signal } = use();
      const { id } = await runMember(`${owner}.stopped`);
      await docker.stopContainer(id, 1_000, signal);
      const seen = await inspect(id);
      expect(seen).toMatchObject({ status: 'exited', pid: 0, restartCount: 0 });
      expect(seen.finishedAt).toBeGreaterThanOrEqual(seen.startedAt);
      await docker.stopContainer(id, 1_000, signal);
      await docker.removeContainer(id, signal);
      await docker.stopContainer(id, 1_000, signal);
    });

    it('removes what runs, and takes gone for success', async () => {
      const { docker, owner, runMember, signal } = use();
      const { id } = await runMember(`${owner}.removed`);
      await Promise.all([docker.removeContainer(id, signal), docker.removeContainer(id, signal)]);
      expect(await docker.inspectContainer(id, signal)).toBeUndefined();
      await docker.removeContainer(id, signal);
    });

    it('shows a pause and ends it, twice if need be', async () => {
      const { docker, engine, owner, runMember, inspect, signal } = use();
      const { id } = await runMember(`${owner}.paused`);
      await engine.pause(`${owner}.paused`);
      expect((await inspect(id)).status).toBe('paused');
      await docker.unpauseContainer(id, signal);
      await docker.unpauseContainer(id, signal);
      expect((await inspect(id)).status).toBe('running');
    });
  });
}
