import { isMap } from 'yaml';
import type { Kind, ValidDocument } from '../model/catalog.ts';
import type { Problem } from '../model/problem.ts';
import type { ChangeProblem, ChangeText } from './change-text.ts';
import { decode } from './decode.ts';
import { quote } from './finding.ts';
import { applyJsonPatch } from './json-patch.ts';
import type { JsonSchema } from './json-schema.ts';
import { LIMITS } from './limits.ts';
import type { Position } from './line-index.ts';
import { locate } from './locate.ts';
import { mergeDocuments } from './merge-documents.ts';
import { parseOne } from './parse-file.ts';
import { compareProblems } from './problems.ts';
import { applicationDeploymentValidator, applicationValidator } from './validator.ts';
import { readDocuments, UnreadableError, type YamlDocument } from './yaml-documents.ts';

/** What can be changed one at a time. */
export type ChangedKind = Exclude<Kind, 'site' | 'tenant' | 'policy'>;

/** The document that is to change. */
export interface ChangeTarget {
  readonly kind: ChangedKind;
  readonly tenant: string;
  /** What it has to be called; undefined: whatever it says. */
  readonly name: string | undefined;
}

/** A new document in place of the old one. */
export interface WholeText {
  readonly how: 'whole';
  readonly text: ChangeText;
}
/** A part of the document, or a patch, for the current one. */
export interface PartText {
  readonly how: 'merge' | 'json-patch';
  readonly text: ChangeText;
}

export type ChangedDocument = { readonly document: ValidDocument } | Refused;
type Refused = { readonly problems: readonly ChangeProblem[] };

/** In place of the path of a file: what is sent has none. */
export const NO_FILE = '';
/** Of what no text has: a document merged from two. */
const NOWHERE: Position = { line: 0, column: 0 };

const SCHEMAS: Readonly<Record<ChangedKind, JsonSchema>> = {
  application: applicationValidator.schema,
  'application-deployment': applicationDeploymentValidator.schema,
};

/** A document that was sent, checked by itself. */
export function checkWhole({ document, positionOf }: ChangeText, target: ChangeTarget): ChangedDocument {
  return check(document, target, positionOf);
}

/** What a part or a patch makes of the current document, checked by itself. */
export function checkPart({ how, text }: PartText, target: ChangeTarget, current: object): ChangedDocument {
  const schema = SCHEMAS[target.kind];
  const { document, positionOf } = text;
  // A patch is read for what no schema says: keys that stand twice, aliases that stand for nothing.
  const { value: part, findings } = decode(document, how === 'merge' ? schema : {});
  const placed = ({ message, offset }: { message: string; offset: number }) => ({ message, place: positionOf(offset) });
  const flaws = [...document.errors, ...findings];
  if (flaws.length > 0) return { problems: flaws.map(placed) };
  if (how === 'json-patch') {
    const patched = applyJsonPatch(document, current, schema);
    return 'finding' in patched ? { problems: [placed(patched.finding)] } : checkValue(patched.value, target);
  }
  if (isMap(document.contents)) return checkValue(mergeDocuments(current, part, schema), target);
  const offset = document.offset;
  return {
    problems: [
      placed({
        offset,
        message: 'a part of the document is expected, a mapping; a JSON Patch needs its own Content-Type',
      }),
    ],
  };
}

/** By way of its text, so that it is checked just as if that had been sent. */
function checkValue(value: unknown, target: ChangeTarget): ChangedDocument {
  const text = JSON.stringify(value);
  const tooLarge = `is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB`;
  const refuse = (predicate: string) => ({ problems: [{ message: `the document that comes of this ${predicate}` }] });
  if (text.length > LIMITS.fileBytes) return refuse(tooLarge);
  try {
    const [document] = readDocuments(text);
    return document === undefined ? refuse('is empty') : check(document, target, () => NOWHERE);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return refuse(error.predicate);
  }
}

function check(
  document: YamlDocument,
  { kind, tenant, name }: ChangeTarget,
  positionOf: ChangeText['positionOf'],
): ChangedDocument {
  const result = parseOne({ file: NO_FILE, kind, tenant, positionOf }, document);
  const errors = result.problems.filter(({ severity }) => severity === 'error');
  const given = 'document' in result ? result.document.name : result.rejected.name;
  if (name !== undefined && given !== undefined && given !== name) {
    const position = positionOf(locate(document, { path: ['name'], target: 'value' }));
    const message = `name: the path says ${quote(name)}, this says ${quote(given)}; what has another name is another document`;
    errors.push({ file: NO_FILE, ...position, message, severity: 'error' });
  }
  if ('document' in result && errors.length === 0) return { document: result.document };
  return { problems: errors.sort(compareProblems).map(toChangeProblem) };
}

export function toChangeProblem({ file, line, column, message }: Problem): ChangeProblem {
  if (line === NOWHERE.line) return { message };
  return { message, place: file === NO_FILE ? { line, column } : { file, line, column } };
}
