import { readTlsPair, TlsError, versionOfFiles, type TlsFiles, type TlsPair } from './tls-pair.ts';

export interface TlsOptions extends TlsFiles {
  /** Told once of each new state of the files that cannot be used; the former pair stays in force. */
  readonly onProblem: (message: string) => void;
  /** Told of each pair that comes into force, the first one included. */
  readonly onPair: (pair: TlsPair) => void;
  /** ms */
  readonly lookEveryMs?: number;
}

/** The certificate of the state API, as its files say it now. */
export interface TlsSource {
  pair(): TlsPair;
  /** Calls back with each new pair until `signal` aborts. Connections that are open go on with what they began with. */
  follow(onPair: (pair: TlsPair) => void, signal: AbortSignal): void;
}

const LOOK_EVERY_MS = 2_000;

/** Reads the pair, and again whenever its files change. @throws TlsError when it cannot be used to begin with */
export async function openTls(options: TlsOptions): Promise<TlsSource> {
  const { onPair, lookEveryMs = LOOK_EVERY_MS } = options;
  let version = await versionOfFiles(options);
  let pair = await readTlsPair(options);
  onPair(pair);

  const look = async (): Promise<TlsPair | undefined> => {
    const seen = await versionOfFiles(options);
    if (seen === version) return undefined;
    // Set before reading: what changes meanwhile is another version.
    version = seen;
    return readTlsPair(options);
  };

  return {
    pair: () => pair,
    follow: (onNew, signal) => {
      const telling = createTelling(options.onProblem);
      const lookAgain = async (): Promise<void> => {
        try {
          const next = await look();
          telling.settled(version);
          if (next === undefined) return;
          onNew((pair = next));
          onPair(pair);
        } catch (error) {
          if (!(error instanceof TlsError)) throw error;
          telling.failed(version, error.message);
        }
      };
      const timer = setInterval(() => void lookAgain(), lookEveryMs);
      timer.unref();
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    },
  };
}

/** Whoever renews a certificate writes two files, one after the other: what is wrong in between is nobody's concern. */
function createTelling(onProblem: (message: string) => void) {
  let pending: { readonly version: string; readonly message: string } | undefined;
  return {
    failed: (version: string, message: string) => void (pending = { version, message }),
    settled(version: string): void {
      if (pending?.version === version) onProblem(`${pending.message}; the former certificate stays in force`);
      pending = undefined;
    },
  };
}
