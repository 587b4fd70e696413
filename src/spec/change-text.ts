import { isMap, isScalar, YAMLMap } from 'yaml';
import { indexLines, type Position } from './line-index.ts';
import { topLevelText } from './parse-document.ts';
import { decodeText, readDocuments, UnreadableError, type YamlDocument } from './yaml-documents.ts';

/** What was sent as one document, read and not yet judged. */
export interface ChangeText {
  readonly document: YamlDocument;
  readonly positionOf: (offset: number) => Position;
}

/** Something that speaks against a change. */
export interface ChangeProblem {
  /** A sentence: what is wrong and how to mend it. */
  readonly message: string;
  /** Where in the text that was sent or, with a file, in that file. Absent where no text has it. */
  readonly place?: Position & { readonly file?: string };
}

/** Reads the one document of a body as a file of the repository is read: JSON or YAML, within the same limits. */
export function readChangeText(bytes: Uint8Array): ChangeText | { readonly problem: ChangeProblem } {
  let positionOf = (_offset: number): Position => ({ line: 1, column: 1 });
  try {
    const text = decodeText(bytes);
    positionOf = indexLines(text);
    const [document, ...others] = readDocuments(text);
    if (document === undefined) return { problem: { message: 'the body holds no document' } };
    const [second] = others;
    if (second === undefined) return { document, positionOf };
    const message = `the body holds ${others.length + 1} documents; send one at a time`;
    return { problem: { message, place: positionOf(second.offset) } };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { problem: { message: `the body ${error.predicate}`, place: positionOf(error.offset) } };
  }
}

/** The name a text gives itself, where that can be told. */
export function nameIn({ document }: ChangeText): string | undefined {
  return topLevelText(document, 'name');
}

/**
 * The key `tenant`, which the site provider's documents carry beside their name and files do not (contract 5.2), and the
 * text without it.
 */
export function splitTenant(text: ChangeText): { readonly tenant: string | undefined; readonly text: ChangeText } {
  const { document } = text;
  const tenant = topLevelText(document, 'tenant');
  if (tenant === undefined || !isMap(document.contents)) return { tenant: undefined, text };
  // The values themselves stay: what an alias stands for is told by which node it is.
  const contents = new YAMLMap();
  contents.items = document.contents.items.filter(({ key }) => !(isScalar(key) && key.value === 'tenant'));
  contents.range = document.contents.range ?? null;
  return { tenant, text: { ...text, document: { ...document, contents } } };
}
