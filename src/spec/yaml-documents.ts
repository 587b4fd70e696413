import { Composer, isAlias, isCollection, isPair, isScalar, Lexer, Parser } from 'yaml';
import type { Alias, Document, Node } from 'yaml';
import type { SyntaxFinding } from './finding.ts';
import { LIMITS } from './limits.ts';
import { explainSyntax } from './syntax-errors.ts';

/** One document of a YAML stream. */
export interface YamlDocument {
  /** The text of the whole stream; offsets count in it. */
  readonly text: string;
  readonly contents: Node | null;
  /** Where its first value begins. */
  readonly offset: number;
  readonly errors: readonly SyntaxFinding[];
  /** What every alias stands for; aliases without an anchor before them are missing. */
  readonly aliases: ReadonlyMap<Alias, Node>;
}

/** A text that cannot be looked into at all. */
export class UnreadableError extends Error {
  /** What is wrong, as it follows "the file". */
  readonly predicate: string;
  readonly offset: number;
  constructor(predicate: string, offset: number) {
    super(`the file ${predicate}`);
    this.name = 'UnreadableError';
    this.predicate = predicate;
    this.offset = offset;
  }
}

/** UTF-8 to text, without a byte order mark. @throws UnreadableError */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > LIMITS.fileBytes) {
    throw new UnreadableError(`is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB and is not read`, 0);
  }
  if (bytes.includes(0)) throw new UnreadableError('holds a NUL byte, so it is no text', 0);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableError('is not UTF-8', 0);
  }
}

/**
 * Reads a stream of documents; empty ones are left out. Scalars keep their text: `1.10`, `on` and `0770` mean what is
 * written there, and it is for the schema to say what that is (contract 2).
 * @throws UnreadableError where a limit is passed
 */
export function readDocuments(text: string): readonly YamlDocument[] {
  const parser = new Parser();
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: YamlDocument[] = [];
  let tokens = 0;
  const compose = (composed: Iterable<Document.Parsed>) => {
    for (const document of composed) {
      if (isAbsent(document.contents) && document.errors.length === 0) continue;
      if (documents.length === LIMITS.documentsPerFile) {
        const message = `holds more than ${LIMITS.documentsPerFile} documents; split it`;
        throw new UnreadableError(message, document.range[0]);
      }
      documents.push(toYamlDocument(document, text));
    }
  };
  let brokenEscapes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // BEFORE anything recurses: the parser keeps a stack of its own, the composer and everything after it recurse.
    checkLimits(parser, (tokens += 1));
    // The composer makes an error of each, which takes seconds for a text full of them.
    if ((brokenEscapes += countBrokenEscapes(lexeme)) > LIMITS.problemsPerFile)
      throw new UnreadableError(
        `holds more than ${LIMITS.problemsPerFile} broken escapes (\\ in quotes)`,
        parser.offset,
      );
    for (const token of parser.next(lexeme)) compose(composer.next(token));
  }
  for (const token of parser.end()) compose(composer.next(token));
  compose(composer.end());
  return documents;
}

function checkLimits(parser: Parser, tokens: number): void {
  // The document itself and the value in hand are on the stack too.
  if (parser.stack.length > LIMITS.depth + 2) {
    throw new UnreadableError(`is nested deeper than ${LIMITS.depth} levels`, parser.offset);
  }
  if (tokens > LIMITS.tokensPerFile) {
    throw new UnreadableError(`holds more than ${LIMITS.tokensPerFile} pieces of YAML; split it`, parser.offset);
  }
}

/** What may follow a backslash in double quotes, or what else follows one. */
const ESCAPE =
  /\\(?:[0abefnrtvNLP_ \t\r\n"/\\]|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4}|(?<broken>[^]|$))/g;

function countBrokenEscapes(lexeme: string): number {
  if (!lexeme.startsWith('"')) return 0;
  let count = 0;
  for (const { groups } of lexeme.matchAll(ESCAPE)) if (groups?.['broken'] !== undefined) count += 1;
  return count;
}

function toYamlDocument(document: Document.Parsed, text: string): YamlDocument {
  const contents: Node | null = isAbsent(document.contents) ? null : document.contents;
  return {
    text,
    contents,
    offset: contents?.range?.[0] ?? document.range[0],
    errors: explainSyntax(document, text),
    aliases: contents === null ? new Map() : resolveAliases(contents),
  };
}

function isAbsent(contents: Node | null): boolean {
  return contents === null || (isScalar(contents) && contents.value === '' && contents.type === 'PLAIN');
}

/** An anchor counts from its end on, so that nothing can hold itself. */
function resolveAliases(contents: Node): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const aliases = new Map<Alias, Node>();
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key);
      visit(node.value);
    } else if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) aliases.set(node, target);
    } else if (isCollection(node) || isScalar(node)) {
      if (isCollection(node)) node.items.forEach(visit);
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    }
  };
  visit(contents);
  return aliases;
}
