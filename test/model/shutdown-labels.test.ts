import { describe, expect, it } from 'vitest';
import {
  delayedShutdownFromLabels,
  delayedShutdownLabels,
  shutdownCmdFromLabels,
  shutdownCmdLabels,
} from '../../src/model/shutdown-labels.ts';

describe('the label of a sandbox whose instance may live on', () => {
  it('says how long, and how many of its service', () => {
    const delayed = { timeoutMs: 1_800_000, maxInstances: 3 };
    expect(delayedShutdownLabels(delayed)).toEqual({ 'io.fairlead.delayed-shutdown': '1800000 3' });
    expect(delayedShutdownFromLabels(delayedShutdownLabels(delayed))).toEqual(delayed);
  });

  it('is not there where it may not', () => {
    expect(delayedShutdownLabels(undefined)).toEqual({});
    expect(delayedShutdownFromLabels({})).toBeUndefined();
  });

  it.each(['', '5', '5 x', '-1 2', '5 2 1'])('says nothing as %j', (value) => {
    expect(delayedShutdownFromLabels({ 'io.fairlead.delayed-shutdown': value })).toBeUndefined();
  });
});

describe('the label of a container that is asked to end', () => {
  it('holds the command word by word', () => {
    const cmd = ['/bin/xctrl', 'a "b" c', ''];
    expect(shutdownCmdFromLabels(shutdownCmdLabels(cmd))).toEqual(cmd);
    expect(shutdownCmdLabels(cmd)).toEqual({ 'io.fairlead.delayed-shutdown-cmd': JSON.stringify(cmd) });
  });

  it('is not there without one', () => {
    expect(shutdownCmdLabels([])).toEqual({});
    expect(shutdownCmdFromLabels({})).toEqual([]);
  });

  it.each(['', '{', '"word"', '[1]', '{"0":"a"}'])('says nothing as %j', (value) => {
    expect(shutdownCmdFromLabels({ 'io.fairlead.delayed-shutdown-cmd': value })).toEqual([]);
  });
});
