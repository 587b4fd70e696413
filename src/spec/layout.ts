import type { Kind } from '../model/catalog.ts';
import { isTenantName } from '../model/names.ts';
import { quote } from './finding.ts';
import { nearest } from './nearest.ts';

/** What a path of the repository is for (contract 2); paths are relative to the tree folder and use `/`. */
export type Place =
  /** Of a site, and of the policy of every tenant, `tenant` is ''. */
  | { readonly kind: Kind; readonly tenant: string }
  | { readonly kind: 'ignored' }
  /**
   * Something that should not be there. What it was meant to be may be missing elsewhere, so nothing of `tenant` may be
   * removed while it stands (EVERY_TENANT: nothing at all; undefined: no harm).
   */
  | { readonly kind: 'problem'; readonly message: string; readonly tenant: string | undefined }
  | { readonly kind: 'unsupported'; readonly message: string };

/** In place of a tenant's name: every one. No tenant can be called so. */
export const EVERY_TENANT = '*';

/** Whether files at a place hold documents; of all others only the path counts. */
export function holdsDocuments(
  place: Place,
): place is Extract<Place, { readonly tenant: string; readonly kind: Kind }> {
  return Object.hasOwn(DOCUMENT_KINDS, place.kind);
}

const DOCUMENT_KINDS: Readonly<Record<Kind, true>> = {
  application: true,
  'application-deployment': true,
  site: true,
  tenant: true,
  policy: true,
};
const DOCUMENT_FILE = /\.(yaml|yml|json)$/;
const POLICY_FILE = /^policy\.(yaml|yml|json)$/;
/** Rules that are believed to hold and do not are worse than none. */
const LIKE_A_POLICY = /^polic(y|ies)\.(yaml|yml|json)$/i;

const TENANT_FOLDERS: ReadonlyMap<string, (tenant: string) => Place> = new Map<string, (tenant: string) => Place>([
  ['applications', (tenant) => ({ kind: 'application', tenant })],
  ['application-deployments', (tenant) => ({ kind: 'application-deployment', tenant })],
  ['vaults', () => unsupported('vaults')],
  ['services', () => unsupported('services in the compact form')],
]);

/** Tells what a file is from its path alone. */
export function classifyPath(path: string): Place {
  const segments = path.split('/');
  if (segments.some((segment) => segment === '..' || segment === '')) {
    return problem(`the path ${quote(path)} leads out of the repository or has empty parts`, EVERY_TENANT);
  }
  const [top = '', ...rest] = segments;
  if (segments.some((segment) => /^[._]/.test(segment))) return { kind: 'ignored' };
  if (/^(sites|tenants)\\/.test(top))
    return problem('the path holds a backslash; folders are parted with "/"', EVERY_TENANT);
  if (POLICY_FILE.test(top)) return classifyPolicyPath(rest);
  if (top === 'sites') return classifySitePath(rest);
  if (top === 'tenants') return classifyTenantPath(rest);
  if (LIKE_A_POLICY.test(path))
    return problem('a policy of every tenant is `policy.yaml` beside `tenants/`; here it restricts nothing', undefined);
  return { kind: 'ignored' };
}

function classifyPolicyPath(segments: readonly string[]): Place {
  return segments.length === 0 ? { kind: 'policy', tenant: '' } : problem('a policy has to be a file', undefined);
}

function classifySitePath(segments: readonly string[]): Place {
  const [file] = segments;
  if (segments.length === 1 && file !== undefined && DOCUMENT_FILE.test(file)) return { kind: 'site', tenant: '' };
  // It may be a site mistyped: without its site, everything would seem to be deployed elsewhere.
  return problem('only `sites/<name>.yaml` files belong here', EVERY_TENANT);
}

function classifyTenantPath(segments: readonly string[]): Place {
  const [tenant, folder, ...rest] = segments;
  if (tenant === undefined) return problem('`tenants` has to be a folder', EVERY_TENANT);
  if (folder === undefined) {
    // A link or submodule in place of a tenant's folder has taken everything of that tenant away.
    const replaced = isTenantName(tenant) ? tenant : undefined;
    return problem('this belongs into the folder of a tenant: `tenants/<tenant>/…`', replaced);
  }
  if (!isTenantName(tenant)) {
    const rule = 'lower-case letters, digits and hyphens, at most 63 characters';
    return problem(`the folder ${quote(tenant)} is not the name of a tenant (${rule})`, EVERY_TENANT);
  }
  if (segments.some((segment) => segment.includes('\\'))) {
    return problem('the path holds a backslash; folders are parted with "/"', tenant);
  }
  return rest.length === 0 ? classifyTenantFile(tenant, folder) : classifyTenantFolder(tenant, folder, rest);
}

function classifyTenantFile(tenant: string, file: string): Place {
  if (/^tenant\.(yaml|yml|json)$/.test(file)) return { kind: 'tenant', tenant };
  if (POLICY_FILE.test(file)) return { kind: 'policy', tenant };
  const message = `only \`tenant.yaml\`, \`policy.yaml\` and the folders ${folderNames()} belong into the folder of a tenant`;
  return problem(message, tenant);
}

function classifyTenantFolder(tenant: string, folder: string, rest: readonly string[]): Place {
  const place = TENANT_FOLDERS.get(folder);
  if (place === undefined) {
    const close = nearest(folder, TENANT_FOLDERS.keys());
    const hint = close === undefined ? `; known are ${folderNames()}` : ` (did you mean \`${close}\`?)`;
    return problem(`a tenant has no folder ${quote(folder)}${hint}`, tenant);
  }
  if (DOCUMENT_FILE.test(rest.at(-1) ?? '')) return place(tenant);
  return problem('only files ending in .yaml, .yml or .json belong here (or a name beginning with `_` or `.`)', tenant);
}

function folderNames(): string {
  return [...TENANT_FOLDERS.keys()].map((name) => `\`${name}\``).join(', ');
}

function problem(message: string, tenant: string | undefined): Place {
  return { kind: 'problem', message, tenant };
}

function unsupported(what: string): Place {
  return { kind: 'unsupported', message: `not supported yet: ${what}` };
}
