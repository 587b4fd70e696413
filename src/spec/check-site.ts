import { duplicates } from './check-application.ts';
import { mappingOf, mappingsAt, namesOf, textAt, type Mapping, type Text } from './fields.ts';
import { ofRule, type Finding } from './finding.ts';

/** What no schema can say about a site; the document may be one that does not fit its schema. */
export function checkSite(value: unknown): readonly Finding[] {
  const hosts = mappingsAt(mappingOf(value), 'hosts');
  return ofRule('site/names', [...duplicates(namesOf(hosts), 'host'), ...hosts.flatMap(checkHost)]);
}

function checkHost(host: Mapping): readonly Finding[] {
  return [
    ...duplicates(textsOf(mappingsAt(host, 'devices'), 'path'), 'device'),
    ...duplicates(textsOf(mappingsAt(host, 'gpus'), 'id'), 'graphics processor'),
    ...duplicates(namesOf(mappingsAt(host, 'local-volumes')), 'volume of the host'),
  ];
}

function textsOf(mappings: readonly Mapping[], key: string): readonly Text[] {
  return mappings.flatMap((mapping) => textAt(mapping, key) ?? []);
}
