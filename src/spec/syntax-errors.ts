import { isCollection, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Document, Node, YAMLParseError } from 'yaml';
import type { SyntaxFinding } from './finding.ts';

/** What one mistake makes of the rest of a text is not worth reading. */
const SYNTAX_ERRORS_SHOWN = 10;

/** The parser complains where the text ends, not where the quote or bracket opens. */
const UNCLOSED = /^(?:Missing closing (?<quote>["'])quote|Flow .* end with a (?<bracket>[\]}]))$/;

const CLOSING = { '"': '"', "'": "'", '[': ']', '{': '}' } as const;
type Sign = keyof typeof CLOSING;

type ParseError = Pick<YAMLParseError, 'message' | 'pos'>;

interface Opening {
  readonly sign: Sign;
  readonly offset: number;
}

/**
 * What is wrong with a document as YAML, up to the first quote or bracket that is never closed: what stands behind
 * that means nothing.
 */
export function explainSyntax({ contents, errors }: Document.Parsed, text: string): readonly SyntaxFinding[] {
  const findings: SyntaxFinding[] = [];
  for (const error of errors.slice(0, SYNTAX_ERRORS_SHOWN)) {
    // A bare `*` breaks nothing around it; decoding complains of it.
    if (error.code === 'BAD_ALIAS') continue;
    const opening = findOpening(contents, error);
    if (opening !== undefined) return [...findings, explainUnclosed(opening, error, text)];
    findings.push(toFinding(error.pos[0], `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`));
  }
  return findings;
}

function explainUnclosed({ sign, offset }: Opening, { pos: [end] }: ParseError, text: string): SyntaxFinding {
  if (sign === '"' || sign === "'") return toFinding(offset, 'the quote that opens here is not closed');
  const sentence = `the bracket \`${sign}\` that opens here is not closed`;
  const cutByIndentation = /\n *$/.test(text.slice(offset, end)) && text.slice(end).trim() !== '';
  const hint = ` (every line up to its \`${CLOSING[sign]}\` has to be indented)`;
  return toFinding(offset, cutByIndentation ? sentence + hint : sentence);
}

function toFinding(offset: number, sentence: string): SyntaxFinding {
  return { offset, message: `this is not valid YAML: ${sentence}` };
}

/** Where the quote or bracket opens that an error misses the end of: the innermost of its kind that reaches up to there. */
function findOpening(contents: Node | null, { message, pos: [end] }: ParseError): Opening | undefined {
  const missing = UNCLOSED.exec(message)?.groups;
  if (missing === undefined) return undefined;
  let innermost: Opening | undefined;
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key);
      visit(node.value);
    } else if (isCollection(node) || isScalar(node)) {
      const sign = openingSign(node);
      const [start, reach] = node.range ?? [];
      const isMissed = sign !== undefined && (sign === missing['quote'] || CLOSING[sign] === missing['bracket']);
      if (isMissed && start !== undefined && reach === end) innermost = { sign, offset: start };
      if (isCollection(node)) node.items.forEach(visit);
    }
  };
  visit(contents);
  return innermost;
}

function openingSign(node: Node): Sign | undefined {
  if (isMap(node)) return node.flow === true ? '{' : undefined;
  if (isSeq(node)) return node.flow === true ? '[' : undefined;
  if (!isScalar(node)) return undefined;
  if (node.type === 'QUOTE_SINGLE') return "'";
  return node.type === 'QUOTE_DOUBLE' ? '"' : undefined;
}
