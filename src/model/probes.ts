/** In the order they matter: a startup probe holds the other two until it has succeeded. */
export const PROBE_KINDS = ['startup', 'readiness', 'liveness'] as const;

export type ProbeKind = (typeof PROBE_KINDS)[number];
export type Probes = { readonly [K in ProbeKind]?: DesiredProbe };

/** One question put to a container again and again. Times in ms. */
export interface DesiredProbe {
  readonly question: ProbeQuestion;
  readonly initialDelayMs: number;
  readonly timeoutMs: number;
  readonly periodMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export type ProbeQuestion =
  | { readonly kind: 'exec'; readonly cmd: readonly string[] }
  | { readonly kind: 'tcp'; readonly port: number }
  | {
      readonly kind: 'http';
      readonly scheme: 'http' | 'https';
      /** undefined: the instance itself. */
      readonly host: string | undefined;
      readonly port: number;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
    };
