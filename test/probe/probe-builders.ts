import type { DesiredProbe, ProbeQuestion } from '../../src/model/probes.ts';

/** A probe with the defaults of contract 8.5. */
export function probe(question: ProbeQuestion, fields: Partial<DesiredProbe> = {}): DesiredProbe {
  const times = { initialDelayMs: 0, timeoutMs: 1_000, periodMs: 10_000 };
  return { question, ...times, successThreshold: 1, failureThreshold: 3, ...fields };
}

export const tcp = (port: number) => ({ kind: 'tcp', port }) as const;

export const exec = (...cmd: string[]) => ({ kind: 'exec', cmd }) as const;

export function http(port: number, fields: Partial<ProbeQuestion & { kind: 'http' }> = {}): ProbeQuestion {
  return { kind: 'http', scheme: 'http', host: undefined, port, path: '/', headers: {}, ...fields };
}
