import { mappingAt, mappingOf, mappingsAt, textAt, type Mapping } from '../spec/fields.ts';
import { errorAt, ofRule, quote, type Finding } from '../spec/finding.ts';

/** What no schema can say about a policy. @param tenant whose folder it stands in; '' beside the tenants */
export function checkPolicy(value: unknown, tenant: string): readonly Finding[] {
  const policy = mappingOf(value);
  const images = mappingAt(policy, 'images');
  const signers = [...checkSigners(images, images), ...checkExceptions(policy, images)];
  return [...checkPlace(policy, tenant), ...ofRule('policy/images.signed-by', signers)];
}

function checkPlace({ fields }: Mapping, tenant: string): readonly Finding[] {
  if (tenant === '' || !Object.hasOwn(fields, 'tenants')) return [];
  const sentence =
    'rules of single tenants stand in `policy.yaml` beside `tenants/`; this one is for its own tenant alone';
  return ofRule('policy/tenants', [errorAt(['tenants'], sentence, 'key')]);
}

/** Of single tenants: what they do not name is as above. */
function checkExceptions(policy: Mapping, above: Mapping): readonly Finding[] {
  const tenants = mappingAt(policy, 'tenants');
  return Object.keys(tenants.fields).flatMap((tenant) => {
    const own = mappingAt(mappingAt(tenants, tenant), 'images');
    return checkSigners(own, { path: own.path, fields: { ...above.fields, ...own.fields } });
  });
}

/** @param inForce the rules of `own` and those it leaves as they are */
function checkSigners(own: Mapping, inForce: Mapping): readonly Finding[] {
  const require = textAt(inForce, 'require')?.text ?? '';
  const keys = inForce.fields['signed-by'];
  const lacksKeys = /signature/.test(require) && (!Array.isArray(keys) || keys.length === 0);
  const place = ['require', 'signed-by'].find((key) => Object.hasOwn(own.fields, key));
  const findings = sameNames(own);
  if (!lacksKeys || place === undefined) return findings;
  return [...findings, errorAt([...own.path, place], `${require} needs at least one key in \`signed-by\``)];
}

function sameNames(images: Mapping): readonly Finding[] {
  const names = mappingsAt(images, 'signed-by').flatMap((key) => textAt(key, 'name') ?? []);
  return names
    .filter(({ text }, index) => names.findIndex((one) => one.text === text) < index)
    .map(({ path, text }) => errorAt(path, `another key is called ${quote(text)}`));
}
