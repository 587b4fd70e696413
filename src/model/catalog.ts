import type { ApplicationDeploymentSpec } from './application-deployment-spec.ts';
import type { ApplicationSpec } from './application-spec.ts';
import type { GovernedField } from './governed-field.ts';
import type { PolicySpec } from './policy-spec.ts';
import type { Problem } from './problem.ts';
import type { SiteSpec } from './site-spec.ts';
import type { TenantSpec } from './tenant-spec.ts';

/** The specifications one revision of the repository holds, and what is wrong with it. */

export interface SpecOfKind {
  application: ApplicationSpec;
  'application-deployment': ApplicationDeploymentSpec;
  site: SiteSpec;
  /** Named by its folder. */
  tenant: TenantSpec & { readonly name: string };
  /** Called `policy`, of which there is one in a folder. */
  policy: PolicySpec & { readonly name: string };
}
export type Kind = keyof SpecOfKind;

interface ValidDocumentOf<K extends Kind> {
  readonly kind: K;
  /** '' of a site, which belongs to none, and of the policy of every tenant. */
  readonly tenant: string;
  readonly name: string;
  readonly file: string;
  /** Where the document's `name` stands: the place to point at in a problem about the document as a whole. */
  readonly line: number;
  readonly column: number;
  readonly spec: SpecOfKind[K];
  /** Sentences such as `not supported yet: services[0].vm`. */
  readonly warnings: readonly string[];
  /** sha256 of the decoded specification: two documents that say the same have the same hash. */
  readonly specHash: string;
  /** What of it a policy may forbid. */
  readonly governed: readonly GovernedField[];
}
/** A document that passed every check. */
export type ValidDocument<K extends Kind = Kind> = { [P in K]: ValidDocumentOf<P> }[K];

/** A document that did not; what runs of it is left on its last good specification. */
export interface RejectedDocument {
  readonly kind: Kind;
  readonly tenant: string;
  readonly file: string;
  /** Absent when the text is too broken to tell. */
  readonly name: string | undefined;
  /** The application a deployment names, where that can be told. */
  readonly application?: string | undefined;
  readonly problems: readonly Problem[];
}

/** Everything one file held. Depends on nothing but its path and bytes, so it is cached by both. */
export interface ParsedFile {
  readonly file: string;
  readonly documents: readonly ValidDocument[];
  readonly rejected: readonly RejectedDocument[];
  readonly problems: readonly Problem[];
}

/** What applications have to keep to, as far as it is known. */
export interface PoliciesInForce {
  /** By tenant; under '' that of every tenant. */
  readonly documents: Readonly<Record<string, DocumentInForce<'policy'>>>;
  /** Those that are broken and have no last good text, with the reason: nothing new may be made of the tenants concerned. */
  readonly unknown: Readonly<Record<string, string>>;
}

/** Nothing is restricted. */
export const NO_POLICIES: PoliciesInForce = { documents: {}, unknown: {} };

/** One revision's documents after the checks that look at several of them. */
export interface Catalog {
  readonly revision: string;
  readonly documents: readonly ValidDocument[];
  readonly rejected: readonly RejectedDocument[];
  /** Every problem of the revision, sorted by file, line and column. */
  readonly problems: readonly Problem[];
  /** What its applications were judged by; those that do not keep to it are among the rejected. */
  readonly policies: PoliciesInForce;
}

/** A document that is in force: valid at head, or the last good text of one that is rejected there. */
export interface DocumentInForce<K extends Kind = Kind> {
  readonly document: ValidDocument<K>;
  /** The commit whose text is in force. */
  readonly revision: string;
  /** Set when head's own text is rejected. */
  readonly rejected: RejectedDocument | undefined;
}

/** What is to be carried out: the catalog with rejected documents replaced by their last good text. */
export interface ResolvedCatalog {
  readonly revision: string;
  /** By `<tenant>.<application>`. */
  readonly applications: Readonly<Record<string, DocumentInForce<'application'>>>;
  /** By `<tenant>.<deployment>`. */
  readonly deployments: Readonly<Record<string, DocumentInForce<'application-deployment'>>>;
  /** By name. None: the repository leaves it at the site `local`. */
  readonly sites: Readonly<Record<string, DocumentInForce<'site'>>>;
  /** The settings of tenants, by name; of one that has none everything is as usual. */
  readonly tenants: Readonly<Record<string, DocumentInForce<'tenant'>>>;
  /** What texts of earlier commits have to keep to as well before anything new is made from them. */
  readonly policies: PoliciesInForce;
  /** Applications by key that are rejected and have no last good text, with the reason: nothing of them is touched. */
  readonly leftAlone: Readonly<Record<string, string>>;
  /** Tenants of which nothing may be removed, because a broken file held names nobody knows, with the reason; `*` is every tenant. */
  readonly frozenTenants: Readonly<Record<string, string>>;
  /** What of head did not pass, whether or not a last good text stands in for it. */
  readonly rejected: readonly RejectedDocument[];
  readonly problems: readonly Problem[];
  readonly history: VersionHistory;
}

/** What the history of a revision has of its applications beside the texts in force. */
export interface VersionHistory {
  /**
   * By `<tenant>.<application>`, newest first: each version once, with its latest valid text. The version in force is
   * not among them.
   */
  readonly versions: Readonly<Record<string, readonly DocumentInForce<'application'>[]>>;
  /** Those of them that are known only because they run: no version list has them. */
  readonly unlisted: Readonly<Record<string, readonly string[]>>;
  /** Of applications by key, the time of the newest commit that changed them, ms since the epoch, as far as was looked. */
  readonly changedAt: Readonly<Record<string, number>>;
  /** Nothing more is to be found. */
  readonly isComplete: boolean;
  /** History goes on beyond the commits that are looked at. */
  readonly isCut: boolean;
  /** Why it cannot be read now; '' when it can. */
  readonly error: string;
}

/** Before anything was looked for. */
export const UNKNOWN_HISTORY: VersionHistory = {
  versions: {},
  unlisted: {},
  changedAt: {},
  isComplete: false,
  isCut: false,
  error: '',
};
