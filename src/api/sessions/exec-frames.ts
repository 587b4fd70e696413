import type { TerminalSize } from '../../docker/port.ts';

/** What a client says in exec-interactive: a byte that tells what follows, and that (seed 001, contract 5.4). */
export type ExecFrame =
  | { readonly kind: 'input'; readonly bytes: Buffer }
  /** Nothing more will be typed. */
  | { readonly kind: 'input-end' }
  | { readonly kind: 'resize'; readonly size: TerminalSize }
  /** With the code to close with. */
  | { readonly kind: 'wrong'; readonly code: 1003 | 1007; readonly message: string };

const INPUT = 0x10;
const CONTROL = 0x11;
/** `{"h":65535,"w":65535}`, and room for what else somebody may want to say. */
const LONGEST_CONTROL = 1024;

export function parseExecFrame(data: unknown, isBinary: boolean): ExecFrame {
  if (!isBinary || !Buffer.isBuffer(data)) return wrong(1003, 'expected a binary message');
  const rest = data.subarray(1);
  switch (data[0]) {
    case INPUT:
      return rest.length === 0 ? { kind: 'input-end' } : { kind: 'input', bytes: rest };
    case CONTROL:
      return parseControl(rest);
    default:
      return wrong(1003, 'expected 0x10 or 0x11 as the first byte');
  }
}

function parseControl(bytes: Buffer): ExecFrame {
  const { h: rows, w: columns } = parseObject(bytes);
  if (!isLength(rows) || !isLength(columns)) return wrong(1007, 'expected {"h": 1 to 65535, "w": 1 to 65535}');
  return { kind: 'resize', size: { rows, columns } };
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length > LONGEST_CONTROL) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function wrong(code: 1003 | 1007, message: string): ExecFrame {
  return { kind: 'wrong', code, message };
}
