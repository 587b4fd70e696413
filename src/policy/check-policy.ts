import { mappingOf } from '../spec/fields.ts';
import { errorAt, ofRule, type Finding } from '../spec/finding.ts';

/** What no schema can say about a policy. @param tenant whose folder it stands in; '' beside the tenants */
export function checkPolicy(value: unknown, tenant: string): readonly Finding[] {
  if (tenant === '' || !Object.hasOwn(mappingOf(value).fields, 'tenants')) return [];
  const sentence =
    'rules of single tenants stand in `policy.yaml` beside `tenants/`; this one is for its own tenant alone';
  return ofRule('policy/tenants', [errorAt(['tenants'], sentence, 'key')]);
}
