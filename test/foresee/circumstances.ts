import { NO_SECRET_VALUES, type SecretValues } from '../../src/model/secret-values.ts';
import type { ApplicationSpec } from '../../src/model/application-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { SiteHost } from '../../src/model/site-host.ts';
import { siteHost } from '../builders.ts';
import type { Specs } from './changes.ts';

/** What beside the applications decides what may be done at a site. */
export interface Circumstances {
  /** Names of applications whose deployments are suspended. */
  readonly suspended?: readonly string[];
  /** Whether upgrades may begin at certain times only. */
  readonly hasWindow?: boolean;
  readonly upgradesBlocked?: boolean;
  /** Instances that the tenant may have. */
  readonly quota?: number | undefined;
  /** What is delivered for the one secret there is. */
  readonly secret?: string | undefined;
  /** Of the host. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Names of applications of which nobody knows what is wished. */
  readonly leftAlone?: readonly string[];
  /** Whether it is known what there was in history. */
  readonly versionsComplete?: boolean;
}

const TENANT = 'acme';
export const SECRET = { vault: 'vault', secret: 'login', key: 'password' };

export function secretsIn({ secret }: Circumstances): SecretValues {
  if (secret === undefined) return NO_SECRET_VALUES;
  return { values: new Map([[`${TENANT}/vault/login/password`, secret]]), hashKey: 'key' };
}

export function hostIn({ labels = {} }: Circumstances): SiteHost {
  return siteHost({ labels });
}

/** Opens on every day at two, for an hour. */
const WINDOW = { days: [1, 2, 3, 4, 5, 6, 7], startMinute: 120, timeZone: 'Europe/Stockholm', durationMs: 3_600_000 };

/** Of a site, what follows from its file, from deployments and from policies. */
export function rulesIn(circumstances: Circumstances): Pick<DesiredSite, 'changeRules' | 'quotas'> {
  const { suspended = [], hasWindow = false, upgradesBlocked = false, quota } = circumstances;
  const limit = { kind: 'instances' as const, most: quota ?? 0, rule: 'the rule' };
  return {
    changeRules: {
      suspended: Object.fromEntries(suspended.map((name) => [`${TENANT}.${name}`, name])),
      windows: hasWindow ? [WINDOW] : undefined,
      upgradesBlocked,
    },
    quotas: quota === undefined ? {} : { [TENANT]: { limits: [limit] } },
  };
}

export function leftAloneIn({ leftAlone = [] }: Circumstances): Readonly<Record<string, string>> {
  return Object.fromEntries(leftAlone.map((name) => [`${TENANT}.${name}`, 'nobody knows']));
}

/** Those of which it is known what is wished. */
export function knownSpecs(specs: Specs, { leftAlone = [] }: Circumstances): readonly ApplicationSpec[] {
  return specs.filter(({ name }) => !leftAlone.includes(name));
}
