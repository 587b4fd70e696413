import { describe, expect, it } from 'vitest';
import { createRestartLedger, type LifeLook } from '../../src/docker/restart-ledger.ts';
import { identity } from '../contract/actions.ts';

const RUNNING: LifeLook = {
  id: 'c',
  identity: identity('me'),
  status: 'running',
  startedAt: 1_000,
  finishedAt: 0,
  restartCount: 0,
  exitCode: 0,
  oomKilled: false,
};
const ENDED: LifeLook = { ...RUNNING, status: 'exited', exitCode: 1, finishedAt: 2_000 };
const RESTARTED: LifeLook = { ...RUNNING, startedAt: 3_000, finishedAt: 2_000, restartCount: 1 };

/** A ledger that is shown looks one after another, and how often it read a log. */
function openLedger() {
  const ledger = createRestartLedger(() => 4_000);
  let reads = 0;
  const readLines = () => Promise.resolve([`end ${++reads}`]);
  return { ledger, show: (look: LifeLook) => ledger.note(look, readLines), reads: () => reads };
}

describe('what the ledger remembers', () => {
  it('begins anew when the container is gone', async () => {
    const { ledger, show } = openLedger();
    await show(RUNNING);
    expect(await show(RESTARTED)).toMatchObject({ totalRestarts: 1 });
    ledger.keepOnly(new Set(['other']));
    expect(await show({ ...RESTARTED, restartCount: 0 })).toMatchObject({ totalRestarts: 0, lastLines: [] });
  });
});

describe('how a container ended', () => {
  it('is known while it runs again, although the engine has forgotten', async () => {
    const { show } = openLedger();
    await show(RUNNING);
    expect(await show({ ...ENDED, exitCode: 137, oomKilled: true })).toMatchObject({ exitCode: 137, oomKilled: true });
    expect(await show(RESTARTED)).toMatchObject({ exitCode: 137, oomKilled: true });
    expect(await show({ ...ENDED, finishedAt: 5_000 })).toMatchObject({ exitCode: 1, oomKilled: false });
  });

  it('is not made up where nobody saw it', async () => {
    const { show } = openLedger();
    expect(await show(RESTARTED)).toMatchObject({ exitCode: undefined });
  });
});

describe('the last lines of a container', () => {
  it('are never asked for while all is well', async () => {
    const { show, reads } = openLedger();
    await show(RUNNING);
    expect(await show(RUNNING)).toMatchObject({ lastLines: [] });
    expect(reads()).toBe(0);
  });

  it('are read once after an end, and kept while it runs again until the next', async () => {
    const { show, reads } = openLedger();
    await show(RUNNING);
    expect(await show(ENDED)).toMatchObject({ lastLines: ['end 1'] });
    await show(ENDED);
    expect(await show(RESTARTED)).toMatchObject({ lastLines: ['end 1'], totalRestarts: 1 });
    expect(reads()).toBe(1);
    expect(await show({ ...ENDED, finishedAt: 5_000 })).toMatchObject({ lastLines: ['end 2'] });
  });

  it('are read after a restart nobody saw the end of', async () => {
    const { show } = openLedger();
    await show(RUNNING);
    expect(await show(RESTARTED)).toMatchObject({ lastLines: ['end 1'] });
  });

  it('are not asked for of one that runs at first sight, whatever was before', async () => {
    const { show, reads } = openLedger();
    expect(await show(RESTARTED)).toMatchObject({ lastLines: [], totalRestarts: 1 });
    expect(reads()).toBe(0);
  });

  it('are read once for all who look at the same time', async () => {
    const { show, reads } = openLedger();
    const lives = await Promise.all([show(ENDED), show(ENDED)]);
    expect(lives.map(({ lastLines }) => lastLines)).toEqual([['end 1'], ['end 1']]);
    expect(reads()).toBe(1);
  });

  it('are those of an end that is no success, of what is meant to end', async () => {
    const initContainer = { ...ENDED, identity: identity('me', { role: 'init-container' }) };
    expect(await openLedger().show(initContainer)).toMatchObject({ lastLines: ['end 1'] });
    expect(await openLedger().show({ ...initContainer, exitCode: 0 })).toMatchObject({ lastLines: [] });
    expect(await openLedger().show({ ...ENDED, exitCode: 0 })).toMatchObject({ lastLines: ['end 1'] });
  });

  it('are of no interest of a sandbox, and of what Fairlead did not make', async () => {
    const sandbox = identity('me', { role: 'sandbox', container: '' });
    expect(await openLedger().show({ ...ENDED, identity: sandbox })).toMatchObject({ lastLines: [] });
    expect(await openLedger().show({ ...ENDED, identity: undefined })).toMatchObject({ lastLines: [] });
  });
});
