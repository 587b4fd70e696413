import { describe, expect, it } from 'vitest';
import {
  logArchiveFromLabels,
  logArchiveLabels,
  logFromLabels,
  logSizeLabel,
  logVolumeLabels,
} from '../../src/model/log-labels.ts';
import { identity } from '../contract/actions.ts';

describe('the label of a container whose log is kept', () => {
  it('says to which limits', () => {
    const archive = { maxBytes: 1e9, maxDays: 14 };
    expect(logArchiveLabels(archive)).toEqual({ 'io.fairlead.log-archive': '1000000000 14' });
    expect(logArchiveFromLabels(logArchiveLabels(archive))).toEqual(archive);
  });

  it('is not there where its log goes with it', () => {
    expect(logArchiveLabels(undefined)).toEqual({});
    expect(logArchiveFromLabels({})).toBeUndefined();
  });

  it.each(['', '1', '1 2 3', '-1 2', 'a b'])('is nothing when it is %j', (value) => {
    expect(logArchiveFromLabels({ 'io.fairlead.log-archive': value })).toBeUndefined();
  });
});

describe('the labels of a kept log', () => {
  const facts = { identity: identity('test'), maxBytes: 100, endedAt: 1_000, expiresAt: 2_000 };

  it('read back as what was written', () => {
    const labels = { ...logVolumeLabels(facts), ...logSizeLabel(60) };
    expect(logFromLabels('kept', labels)).toEqual({ name: 'kept', bytes: 60, ...facts });
  });

  it('say nothing of limits that are none', () => {
    const unlimited = { ...facts, maxBytes: 0, expiresAt: undefined };
    const labels = { ...logVolumeLabels(unlimited), ...logSizeLabel(60) };
    expect(logFromLabels('kept', labels)).toEqual({ name: 'kept', bytes: 60, ...unlimited });
  });

  it('are none of a volume of another kind, or of what is no container', () => {
    expect(logFromLabels('other', { ...logVolumeLabels(facts), 'io.fairlead.volume-kind': 'files' })).toBeUndefined();
    const sandbox = { ...facts, identity: identity('test', { role: 'sandbox' }) };
    expect(logFromLabels('other', logVolumeLabels(sandbox))).toBeUndefined();
  });
});
