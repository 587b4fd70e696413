// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

/**
 * Brings one application to a set of sites.
 */
export interface ApplicationDeploymentSpec {
  /**
   * Name of the deployment, unique in its tenant.
   */
  name: string;
  /**
   * The application. No other deployment may name it.
   */
  application: string;
  /**
   * The version to run: `*` is whatever the application file holds, any other is the latest valid text of that version in the history of the repository. Where there is none, what runs stays.
   */
  'application-version'?: string;
  /**
   * Nothing is changed of what it deploys, neither made nor upgraded nor removed, until this is gone; its state is still shown, and what runs is kept running (extension).
   */
  suspend?: boolean;
  placement: SitePlacementSpec;
  'deploy-to-sites'?: DeployToSitesSpec;
}
/**
 * Every site, or those whose labels match.
 */
export interface SitePlacementSpec {
  'all-sites'?: AllSitesSpec;
  /**
   * Only sites whose labels match.
   */
  'match-site-labels'?: string;
}
/**
 * Every site; written as an empty object.
 */
export interface AllSitesSpec {}
/**
 * Some sites first, the rest in batches.
 */
export interface DeployToSitesSpec {
  'canary-sites'?: SitePlacementSpec;
  /**
   * How long the first sites must be healthy before the rest follows.
   */
  'canary-healthy-time'?: string;
  'canary-continue-by-action'?: ContinueByActionSpec;
  /**
   * Size of a batch of sites; all at once when left out.
   */
  'sites-in-parallel'?: number;
  /**
   * How long a batch must be healthy before the next begins.
   */
  'healthy-time'?: string;
}
/**
 * Wait for a person to say go on; written as an empty object.
 */
export interface ContinueByActionSpec {}
