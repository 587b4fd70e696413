// What Prometheus reads out of the text of /metrics.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  /** By name. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The value of the one sample of this name that has at least these labels. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
  readonly named: (name: string) => readonly Sample[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(?:,|$)/g;

/** @throws Error for a line that is neither a comment nor a sample */
export function parseExposition(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = new Map(
    lines.flatMap((line) => {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      return name === undefined || type === undefined ? [] : [[name, type] as const];
    }),
  );
  const samples = lines.filter((line) => !line.startsWith('# ')).map(parseSample);
  const named = (name: string) => samples.filter((sample) => sample.name === name);
  return {
    types,
    samples,
    named,
    value: (name, labels = {}) => {
      const wanted = Object.entries(labels);
      const found = named(name).filter((sample) => wanted.every(([key, value]) => sample.labels[key] === value));
      if (found.length > 1) throw new Error(`${found.length} samples of ${name} have these labels`);
      return found[0]?.value;
    },
  };
}

function parseSample(line: string): Sample {
  const [, name, inside = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  const pairs = [...inside.matchAll(LABEL)];
  if (pairs.map(([pair]) => pair).join('') !== inside) throw new Error(`no labels: ${line}`);
  const labels = pairs.map(([, key = '', quoted = '']) => [key, unescape(quoted)] as const);
  return { name, labels: Object.fromEntries(labels), value: Number(value.replace('Inf', 'Infinity')) };
}

function unescape(quoted: string): string {
  return quoted.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
