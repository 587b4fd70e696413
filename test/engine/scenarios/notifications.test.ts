import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { container, service } from '../../builders.ts';
import { busyboxImage } from '../../engine-hosts/busybox-image.ts';
import { eventually } from '../../eventually.ts';
import { PEOPLE } from '../../forge/forge-people.ts';
import { startForgeOf } from '../../forge/forges.ts';
import { createRepository, type TestRepository } from '../../git/git-repo.ts';
import { startReceiver } from '../../notify/receiver.ts';
import { startDaemon } from '../daemon/daemon-process.ts';
import { applicationFiles } from '../daemon/documents.ts';
import { sweep } from '../daemon/engine-view.ts';

// What a forge and people are told of commits that a real daemon carries out on a real engine.

const OWNER = 'notifications';
let folder: string;
let repository: TestRepository;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-scenario-'));
  repository = await createRepository(join(folder, 'site'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await sweep(OWNER);
});

const shop = (version: string, image: string) =>
  applicationFiles('acme', 'shop', {
    version,
    services: [service('web', { containers: [container('main', { image, cmd: ['sleep', '100000'] })] })],
  });

describe('commits', () => {
  it('that are applied, fail and are mended have their status at the forge, and people hear of it once each', async () => {
    const [forge, slack] = await Promise.all([startForgeOf('gitea'), startReceiver()]);
    const file = (name: string) => join(folder, name);
    await writeFile(file('token'), PEOPLE.robot.token);
    await writeFile(file('slack-url'), `${slack.origin}/services/slack-secret`);
    const { api } = forge.pullRequest;
    const settings = {
      'commit-status': { forge: 'gitea', api, repository: 'acme/fleet', 'token-file': file('token') },
      notify: [{ name: 'ops', kind: 'slack', 'url-file': file('slack-url') }],
    };
    await writeFile(file('notifications.yaml'), JSON.stringify(settings));
    const statesOf = (revision: string) =>
      forge.statuses.all.filter((status) => status.revision === revision).map(({ state }) => state);
    const texts = () => slack.requests.map(({ body }) => (body as { readonly text: string }).text);

    const first = await repository.commit(shop('1.0', busyboxImage));
    const flags = ['--poll-interval', '500ms', '--notifications', file('notifications.yaml')];
    const daemon = await startDaemon({ repository: repository.path, owner: OWNER, flags });
    try {
      await eventually(() => expect(statesOf(first).at(-1)).toBe('success'), 60_000);
      expect(statesOf(first)).not.toContain('failure');
      expect(texts()).toEqual([]);

      const broken = await repository.commit(shop('2.0', '127.0.0.1:1/missing:2.0'));
      await eventually(() => expect(statesOf(broken).at(-1)).toBe('failure'), 120_000);
      // On its way it need not have been seen: the newest status is told, not each.
      expect(statesOf(broken)).not.toContain('success');
      await eventually(() =>
        expect(texts()).toEqual([expect.stringMatching(`^failure at local: ${broken.slice(0, 12)} `)]),
      );

      const mended = await repository.commit(shop('3.0', busyboxImage));
      await eventually(() => expect(statesOf(mended).at(-1)).toBe('success'), 120_000);
      await eventually(() => expect(texts()).toHaveLength(2));
      expect(texts()[1]).toBe(`recovery at local: ${mended.slice(0, 12)}`);
      expect(forge.statuses.all.every(({ context }) => context === 'fairlead/local')).toBe(true);
      expect(daemon.text()).not.toContain('slack-secret');
      expect(daemon.text()).not.toContain(PEOPLE.robot.token);
    } finally {
      await daemon.stop();
    }
  });
});
