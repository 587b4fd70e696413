import type { ProblemRule } from '../model/problem.ts';
import { checkCapabilities } from './check-capabilities.ts';
import { checkPorts } from './check-ports.ts';
import { checkReferences } from './check-references.ts';
import { checkVariables } from './check-variables.ts';
import { containersOf, mappingAt, mappingOf, mappingsAt, namesOf, textAt, type Mapping, type Text } from './fields.ts';
import { errorAt, formatPath, ofRule, quote, type Finding } from './finding.ts';
import { INSTANCES_PER_APPLICATION } from './limits.ts';

/** Names are DNS labels, and an instance is called `<service>-<N>`. */
const MAX_INSTANCE_NAME = 63;

/** What no schema can say: rules over several fields of one application. Each looks at the whole document. */
const RULES: readonly (readonly [ProblemRule, (application: Mapping) => readonly Finding[]])[] = [
  ['application/names', checkServiceNames],
  ['application/names', checkInstanceNames],
  ['application/instances', checkInstanceCount],
  ['application/names', checkContainerNames],
  ['application/names', checkListNames],
  ['application/references', checkReferences],
  ['application/variables', checkVariables],
  ['application/capabilities', checkCapabilities],
  ['application/ports', checkPorts],
];

/** Every finding of the rules over several fields; the document may be one that does not fit its schema. */
export function checkApplication(value: unknown): readonly Finding[] {
  const application = mappingOf(value);
  return RULES.flatMap(([rule, check]) => ofRule(rule, check(application)));
}

function checkServiceNames(application: Mapping): readonly Finding[] {
  return duplicates(namesOf(mappingsAt(application, 'services')), 'service');
}

/** Contract 2: `web-1` beside `web` would be the name of an instance of `web`, whatever `web` is scaled to. */
function checkInstanceNames(application: Mapping): readonly Finding[] {
  const services = mappingsAt(application, 'services');
  const names = new Set(namesOf(services).map(({ text }) => text));
  return services.flatMap((service) => {
    const name = textAt(service, 'name');
    if (name === undefined) return [];
    const base = /^(.+)-[0-9]+$/.exec(name.text)?.[1];
    if (base !== undefined && names.has(base)) {
      return [
        errorAt(name.path, `"${name.text}" is the name of an instance of the service \`${base}\`; choose another`),
      ];
    }
    return checkLength(service, name);
  });
}

function checkLength(service: Mapping, name: Text): readonly Finding[] {
  const highest = Math.max(1, instancesOf(service));
  const length = name.text.length + 1 + String(highest).length;
  if (length <= MAX_INSTANCE_NAME || name.text.length > MAX_INSTANCE_NAME) return [];
  const sentence = `is too long: with \`-${highest}\` behind it, an instance has a name of ${length} characters (at most ${MAX_INSTANCE_NAME})`;
  return [errorAt(name.path, sentence)];
}

/** Told once, where the limit is passed: a sandbox without an address could never be started. */
function checkInstanceCount(application: Mapping): readonly Finding[] {
  const services = mappingsAt(application, 'services');
  const total = services.reduce((sum, service) => sum + instancesOf(service), 0);
  if (total <= INSTANCES_PER_APPLICATION) return [];
  const sentence = `the application has ${total} instances in all, but its network has addresses for ${INSTANCES_PER_APPLICATION}; lower the replicas or split the application`;
  let room = INSTANCES_PER_APPLICATION;
  for (const service of services) {
    room -= instancesOf(service);
    if (room < 0) return [errorAt([...service.path, 'replicas'], sentence)];
  }
  return [];
}

function instancesOf({ fields: { mode, replicas } }: Mapping): number {
  if (mode === 'one-per-matching-host') return 1; // a site has one host
  return typeof replicas === 'number' && replicas >= 0 ? replicas : 1;
}

/** Contract 8.5: init and normal containers share one name space. */
function checkContainerNames(application: Mapping): readonly Finding[] {
  return mappingsAt(application, 'services').flatMap((service) =>
    duplicates(namesOf(containersOf(service)), 'container or init container'),
  );
}

function checkListNames(application: Mapping): readonly Finding[] {
  return mappingsAt(application, 'services').flatMap((service) => [
    ...duplicates(namesOf(mappingsAt(service, 'volumes')), 'volume'),
    ...duplicates(namesOf(mappingsAt(service, 'variables')), 'variable'),
    ...mappingsAt(service, 'volumes').flatMap((volume) => checkItems(mappingAt(volume, 'config-map'))),
  ]);
}

/** Names beginning with `..` are those of the folder and the links behind the files (contract 8.12). */
function checkItems(configMap: Mapping): readonly Finding[] {
  const names = namesOf(mappingsAt(configMap, 'items'));
  const reserved = names.filter(({ text }) => text.startsWith('..') && text !== '..');
  return [
    ...duplicates(names, 'file'),
    ...reserved.map(({ path, text }) => errorAt(path, `${quote(text)} is reserved: it begins with ".."`)),
  ];
}

/** A finding at every name that stands there already, with the place of the first. */
export function duplicates(names: readonly Text[], noun: string): readonly Finding[] {
  const first = new Map<string, Text>();
  return names.flatMap((name) => {
    const earlier = first.get(name.text);
    if (earlier === undefined) {
      first.set(name.text, name);
      return [];
    }
    return [errorAt(name.path, `another ${noun} is called "${name.text}" (${formatPath(earlier.path.slice(0, -1))})`)];
  });
}
