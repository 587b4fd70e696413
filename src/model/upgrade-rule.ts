/** How the application is upgraded from the versions that match. Times in ms. */
export interface UpgradeRule {
  /** Searched for in the version that runs. */
  readonly versionRegexp: string;
  readonly method: 'per-service' | 'stop-and-restart';
  /** Those that are upgraded in batches, in this order. */
  readonly services: readonly UpgradeBatches[];
  /** The longest an upgraded instance may take to become ready. */
  readonly progressDeadlineMs: number;
  readonly onFailure: 'stop' | 'rollback';
}

export interface UpgradeBatches {
  readonly service: string;
  readonly inParallel: number;
  readonly healthyTimeMs: number;
}
