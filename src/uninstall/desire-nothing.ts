import type { DesiredSite } from '../model/desired.ts';

/** Shown where a revision is; no commit is called so. */
const REVISION = 'uninstall';

/**
 * A site of which everything is to go but data: no application is desired, and history is known to hold nothing else.
 * `site`: what markers are stamped with that are made on the way.
 */
export function desireNothing(owner: string, site: string): DesiredSite {
  return {
    site,
    owner,
    revision: REVISION,
    applications: {},
    earlier: {},
    dependencies: {},
    changeRules: { suspended: {}, windows: undefined, upgradesBlocked: false },
    versionsComplete: true,
    keepsData: true,
    host: { name: site, labels: {}, devices: [], gpus: [], volumes: [{ name: 'default', path: '', labels: {} }] },
    leftAlone: {},
    awaited: [],
    frozenTenants: {},
    quotas: {},
  };
}
