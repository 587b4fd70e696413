import ts from 'typescript';

/** A function and how many lines it has, from its first to its last. */
export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** The functions in a TypeScript source, outer and inner ones. */
export function measureFunctions(text: string): FunctionSize[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const found: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) found.push(measure(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function measure(node: ts.SignatureDeclaration, source: ts.SourceFile): FunctionSize {
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const line = lineAt(node.getStart(source));
  const named = ts.isVariableDeclaration(node.parent) ? node.parent.name : node.name;
  return { name: named?.getText(source) ?? '(arrow)', line, lines: lineAt(node.getEnd()) - line + 1 };
}

/** The middle one of the numbers; 0 of none. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
