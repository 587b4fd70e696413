/** Whether one of the entries (`443`, `8000-8999`, `free`, `*`) allows a port of the host, a range of them, or `free`. */
export function allowsHostPorts(entries: readonly string[], wanted: string): boolean {
  return entries.some((entry) => entry === '*' || entry === wanted || holds(toRange(entry), toRange(wanted)));
}

type Range = readonly [first: number, last: number];

/** undefined for what is no number: `free`. */
function toRange(text: string): Range | undefined {
  const [first = '', last = first] = text.split('-');
  return /^ *\d+ *$/.test(first) ? [Number(first), Number(last)] : undefined;
}

function holds(wider: Range | undefined, narrower: Range | undefined): boolean {
  return wider !== undefined && narrower !== undefined && wider[0] <= narrower[0] && narrower[1] <= wider[1];
}
