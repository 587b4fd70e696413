import { containersOf, mappingAt, mappingsAt, namesOf, textAt, textsAt, type Mapping, type Text } from './fields.ts';
import { errorAt, quote, type Finding } from './finding.ts';
import { nearest } from './nearest.ts';
import { SECRET_ID, SYSTEM_PREFIX, SYSTEM_VARIABLES } from './system-variables.ts';
import { findReferences } from './variables.ts';

const SYSTEM_NAMES: ReadonlySet<string> = new Set(SYSTEM_VARIABLES.map(({ name }) => name));
const OF_A_CONTAINER: ReadonlySet<string> = new Set(
  SYSTEM_VARIABLES.filter(({ scope }) => scope === 'container').map(({ name }) => name),
);

/** What the texts of a container, or of a config map, may refer to. */
interface Scope {
  /** The variables of the service. */
  readonly defined: ReadonlySet<string>;
  readonly isConfigMap: boolean;
  /** Whether the container names an `approle`; for a config map, whether any of the service does. */
  readonly hasApprole: boolean;
}

/** More than anybody reads, and finding what each was meant to be costs time. */
const MAX_FINDINGS = 1000;

/** Every `${NAME}` where contract 8.9 expands it has to be defined, and no variable may take a name of the system. */
export function checkVariables(application: Mapping): readonly Finding[] {
  const findings: Finding[] = [];
  for (const service of mappingsAt(application, 'services')) {
    findings.push(...checkNames(service));
    for (const [text, scope] of [...containerTexts(service), ...configMapTexts(service)]) {
      if (findings.length > MAX_FINDINGS) return findings;
      findings.push(...checkText(text, scope));
    }
  }
  return findings;
}

function checkNames(service: Mapping): readonly Finding[] {
  return namesOf(mappingsAt(service, 'variables'))
    .filter(({ text }) => text.startsWith(SYSTEM_PREFIX))
    .map(({ path, text }) =>
      errorAt(path, `${quote(text)} is reserved: names beginning with \`${SYSTEM_PREFIX}\` are those of the system`),
    );
}

function containerTexts(service: Mapping): readonly (readonly [Text, Scope])[] {
  const defined = definedIn(service);
  return containersOf(service).flatMap((container) => {
    const scope: Scope = { defined, isConfigMap: false, hasApprole: textAt(container, 'approle') !== undefined };
    const texts = [...environment(container), ...textsAt(container, 'entrypoint'), ...textsAt(container, 'cmd')];
    return texts.map((text) => [text, scope] as const);
  });
}

function configMapTexts(service: Mapping): readonly (readonly [Text, Scope])[] {
  const hasApprole = containersOf(service).some((container) => textAt(container, 'approle') !== undefined);
  const scope: Scope = { defined: definedIn(service), isConfigMap: true, hasApprole };
  return mappingsAt(service, 'volumes')
    .flatMap((volume) => mappingsAt(mappingAt(volume, 'config-map'), 'items'))
    .flatMap((item) => textAt(item, 'data') ?? [])
    .map((text) => [text, scope] as const);
}

/** One finding for a name, however often the text has it. */
function checkText({ path, text }: Text, scope: Scope): readonly Finding[] {
  const names = new Set(findReferences(text).map(({ name }) => name));
  return [...names].slice(0, MAX_FINDINGS).flatMap((name) => {
    const finding = checkReference(name, path, scope);
    return finding === undefined ? [] : [{ ...finding, reference: name }];
  });
}

function checkReference(name: string, path: Text['path'], scope: Scope): Finding | undefined {
  if (name === SECRET_ID) return scope.hasApprole ? undefined : errorAt(path, `\`${name}\` needs an \`approle\``);
  if (scope.isConfigMap && OF_A_CONTAINER.has(name)) {
    const sentence = `\`${name}\` is empty in a config map, which is that of all containers of an instance`;
    return { ...errorAt(path, sentence), severity: 'warning' };
  }
  if (scope.defined.has(name) || SYSTEM_NAMES.has(name)) return undefined;
  return errorAt(path, explainUndefined(name, scope.defined));
}

function explainUndefined(name: string, defined: ReadonlySet<string>): string {
  const close = nearest(name, [...defined, ...SYSTEM_NAMES]);
  const hint = close === undefined ? '' : ` (did you mean \`${close}\`?)`;
  const shown = name.length > 64 ? '…' : name;
  return `the variable ${quote(name)} is not defined${hint}; for the text itself write \`$\${${shown}}\``;
}

function definedIn(service: Mapping): ReadonlySet<string> {
  return new Set(namesOf(mappingsAt(service, 'variables')).map(({ text }) => text));
}

function environment(container: Mapping): readonly Text[] {
  const { path, fields } = mappingAt(container, 'env');
  return Object.entries(fields).flatMap(([key, value]) =>
    typeof value === 'string' ? [{ path: [...path, key], text: value }] : [],
  );
}
