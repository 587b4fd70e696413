import { mappingOf, textAt } from './fields.ts';
import { errorAt, ofRule, quote, type Finding } from './finding.ts';

/** What no schema can say about the settings of a tenant. @param folder its name */
export function checkTenant(value: unknown, folder: string): readonly Finding[] {
  const name = textAt(mappingOf(value), 'name');
  if (name === undefined || name.text === folder) return [];
  const sentence = `the folder says that the tenant is called ${quote(folder)}; leave it out or name it so`;
  return ofRule('tenant/name', [errorAt(name.path, sentence)]);
}
