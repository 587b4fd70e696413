import { mappingAt, mappingsAt, textsAt, type Mapping, type Text } from './fields.ts';
import { formatPath, type Finding } from './finding.ts';

/** `${NAME}`, but not the literal `$${NAME}`. */
const REFERENCE = /(^|[^$])\$\{[A-Za-z_][A-Za-z0-9_]*\}/;

/**
 * A warning for every text with a `${NAME}` where contract 8.9 expands it, as long as nothing does: a container gets
 * the text as it stands.
 */
export function findVariables(application: Mapping): readonly Finding[] {
  return mappingsAt(application, 'services')
    .flatMap((service) => mappingsAt(service, 'containers'))
    .flatMap((container) => [
      ...environment(container),
      ...textsAt(container, 'entrypoint'),
      ...textsAt(container, 'cmd'),
    ])
    .filter(({ text }) => REFERENCE.test(text))
    .map(({ path }) => ({
      path,
      target: 'value',
      message: `not supported yet: ${formatPath(path)}`,
      severity: 'warning',
    }));
}

function environment(container: Mapping): readonly Text[] {
  const { path, fields } = mappingAt(container, 'env');
  return Object.entries(fields).flatMap(([key, value]) =>
    typeof value === 'string' ? [{ path: [...path, key], text: value }] : [],
  );
}
