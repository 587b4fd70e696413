import type { HttpProbeSpec, ProbeSpec, ProbesSpec } from '../model/application-spec.ts';
import type { DesiredProbe, ProbeQuestion, Probes } from '../model/probes.ts';
import { parseDuration } from '../spec/units.ts';

/** The questions put to a container; defaults as contract 8.5. */
export function desiredProbes({ startup, readiness, liveness }: ProbesSpec): Probes {
  return {
    ...(startup && { startup: desiredProbe(startup) }),
    ...(readiness && { readiness: desiredProbe(readiness) }),
    ...(liveness && { liveness: desiredProbe(liveness) }),
  };
}

function desiredProbe(spec: ProbeSpec): DesiredProbe {
  return {
    question: questionOf(spec),
    initialDelayMs: parseDuration(spec['initial-delay'] ?? '0s'),
    timeoutMs: parseDuration(spec.timeout ?? '1s'),
    periodMs: parseDuration(spec.period ?? '10s'),
    successThreshold: spec['success-threshold'] ?? 1,
    failureThreshold: spec['failure-threshold'] ?? 3,
  };
}

/** The schema lets through exactly one of the three. */
function questionOf({ exec, tcp, http }: ProbeSpec): ProbeQuestion {
  if (http !== undefined) return httpQuestion(http);
  if (tcp !== undefined) return { kind: 'tcp', port: tcp.port };
  return { kind: 'exec', cmd: exec?.cmd ?? [] };
}

function httpQuestion(http: HttpProbeSpec): ProbeQuestion {
  return {
    kind: 'http',
    scheme: http.scheme ?? 'http',
    host: http.host,
    port: http.port,
    path: http.path ?? '/',
    headers: http['request-headers'] ?? {},
  };
}
