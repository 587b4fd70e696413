import type { ApplicationDeploymentSpec } from '../../../src/model/application-deployment-spec.ts';
import type { ApplicationSpec } from '../../../src/model/application-spec.ts';
import type { SiteSpec } from '../../../src/model/site-spec.ts';

type Scalar = string | number | boolean;

/** The ways from a value down to texts, numbers, lists of them, maps and what holds nothing: `.http.port`, `[].name`. */
type Below<T> = T extends Scalar | readonly Scalar[]
  ? ''
  : T extends readonly (infer Item)[]
    ? `[]${Below<Item>}`
    : string extends keyof T
      ? ''
      : [keyof T] extends [never]
        ? ''
        : { [K in keyof T & string]-?: `.${K}${Below<NonNullable<T[K]>>}` }[keyof T & string];

/**
 * A field of a specification that holds no other fields: `services[].containers[].probes.readiness.http.port`,
 * `deployment.application`, `site.hosts[].devices[].path`.
 */
export type FieldPath =
  | { [K in keyof ApplicationSpec]-?: `${K}${Below<NonNullable<ApplicationSpec[K]>>}` }[keyof ApplicationSpec]
  | `deployment${Below<ApplicationDeploymentSpec>}`
  | `site${Below<SiteSpec>}`;

/**
 * Says that a scenario shows what these fields do on an engine. It does nothing: test/repo/fields.test.ts reads the
 * calls, so the paths have to stand in them as they are, in quotes.
 */
export function proves(..._fields: readonly FieldPath[]): void {}

/**
 * Says that a scenario shows what an engine is asked for these fields, and no more: whether it is carried out cannot be
 * seen on every kernel. test/repo/fields.test.ts has the list of them.
 */
export function provesWish(..._fields: readonly FieldPath[]): void {}
