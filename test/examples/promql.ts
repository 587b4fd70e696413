// As much of PromQL as is needed to see which metrics and labels an expression names. Whether it says what is meant, only
// Prometheus knows (`promtool check rules`).

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Expression {
  readonly selectors: readonly Selector[];
  /** Of `by (…)`, `on (…)` and their like. */
  readonly groupedBy: readonly string[];
}

const FUNCTIONS = new Set(
  'time rate increase last_over_time histogram_quantile sum count max min avg topk absent vector clamp_min'.split(' '),
);
const GROUPINGS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

type Token =
  | { readonly kind: 'word' | 'number' | 'sign' | 'range'; readonly text: string }
  | { readonly kind: 'matchers'; readonly matchers: readonly Matcher[] };

/** @throws Error with what is wrong */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  const selectors: Selector[] = [];
  const groupedBy: string[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    if (token.kind === 'matchers') throw new Error(`matchers without a metric in ${text}`);
    if (token.kind === 'sign') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth < 0) throw new Error(`a bracket too many in ${text}`);
    if (token.kind !== 'word' || OPERATORS.has(token.text)) continue;
    if (GROUPINGS.has(token.text)) {
      const end = tokens.findIndex((one, index) => index > at && one.kind === 'sign' && one.text === ')');
      groupedBy.push(
        ...tokens
          .slice(at, end)
          .flatMap((one) => (one.kind === 'word' ? [one.text] : []))
          .slice(1),
      );
      at = end;
      continue;
    }
    const next = tokens[at + 1];
    const isCalled = next?.kind === 'sign' && next.text === '(';
    const isGrouped = next?.kind === 'word' && GROUPINGS.has(next.text);
    if (isCalled || (isGrouped && FUNCTIONS.has(token.text))) {
      if (!FUNCTIONS.has(token.text)) throw new Error(`unknown function ${token.text} in ${text}`);
      continue;
    }
    selectors.push({ metric: token.text, matchers: next?.kind === 'matchers' ? next.matchers : [] });
    if (next?.kind === 'matchers') at += 1;
  }
  if (depth !== 0) throw new Error(`a bracket is missing in ${text}`);
  return { selectors, groupedBy };
}

const TOKENS =
  /\s+|(?<matchers>\{[^}]*\})|(?<range>\[(?:\d+[smhdw]|\$__rate_interval)\])|(?<word>[a-zA-Z_:][\w:]*)|(?<number>\d+(?:\.\d+)?)|(?<sign>==|!=|>=|<=|[-+*/%^<>(),])/gy;

function tokenize(text: string): readonly Token[] {
  let end = 0;
  const tokens = [...text.matchAll(TOKENS)].flatMap((match): Token[] => {
    end = match.index + match[0].length;
    const { matchers, ...rest } = match.groups ?? {};
    if (matchers !== undefined) return [{ kind: 'matchers', matchers: parseMatchers(matchers) }];
    for (const kind of ['word', 'number', 'sign', 'range'] as const)
      if (rest[kind] !== undefined) return [{ kind, text: rest[kind] }];
    return [];
  });
  if (end !== text.length) throw new Error(`cannot read on at "${text.slice(end)}"`);
  return tokens;
}

function parseMatchers(text: string): readonly Matcher[] {
  return text
    .slice(1, -1)
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((matcher) => {
      const match = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"\s*$/.exec(matcher);
      const [, label, operator, value] = match ?? [];
      if (label === undefined || value === undefined) throw new Error(`no matcher: ${matcher}`);
      return { label, operator: operator as Matcher['operator'], value };
    });
}
