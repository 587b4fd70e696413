import { Document, Scalar, visit } from 'yaml';

/**
 * A value as YAML that readers of YAML 1.1 and 1.2 understand alike: texts that one of them takes for a number, a
 * switch, a date or a base-60 number (`no`, `1.10`, `12:30:45`) are quoted.
 */
export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar(_, node) {
      // YAML 1.1 gives a lone equals sign a meaning of its own, which the compat schema does not know.
      if (node.value === '=') node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}
