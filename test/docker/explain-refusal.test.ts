import { describe, expect, it, test } from 'vitest';
import { explainRefusal } from '../../src/docker/explain-refusal.ts';

describe('what an engine refuses', () => {
  test.each([
    ['could not select device driver "nvidia" with capabilities: [[gpu]]', 'NVIDIA Container Toolkit'],
    ['adding custom device "/dev/rtc9": no such file or directory', '`devices` of the host under sites/'],
    ['Bind for 0.0.0.0:80 failed: port is already allocated', '`host-port`'],
    ['listen tcp4 0.0.0.0:80: bind: address already in use', '`host-port`'],
    ['listen tcp4 10.9.9.9:80: bind: cannot assign requested address', '`host-ip`'],
    ['invalid CapAdd: unknown capability: "CAP_BPF"', '`additional-capabilities`'],
    ['unable to apply caps: operation not permitted', '`additional-capabilities`'],
  ])('as "%s" comes with the next move', (words, next) => {
    expect(explainRefusal(words)).toContain(`${words}; `);
    expect(explainRefusal(words)).toContain(next);
  });

  it('is told in its own words otherwise', () => {
    expect(explainRefusal('executable file not found in $PATH')).toBe('executable file not found in $PATH');
  });

  it('is told without the programs it went through', () => {
    const words = 'exec: "nope": executable file not found in $PATH';
    const runc = `runc create failed: unable to start container process: ${words}: unknown`;
    expect(explainRefusal(`failed to create shim task: OCI runtime create failed: ${runc}`)).toBe(words);
    expect(explainRefusal(`failed to create task for container: OCI runtime create failed: ${runc}`)).toBe(words);
  });

  it('reads the same at every try: ids that pass are left out', () => {
    const refusal = (id: string) => explainRefusal(`connectivity on endpoint web (${id.repeat(64)}): it failed`);
    expect(refusal('a')).toBe('connectivity on endpoint web: it failed');
    expect(refusal('b')).toBe(refusal('a'));
  });
});
