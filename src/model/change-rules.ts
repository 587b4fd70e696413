/** When changes may be carried out at a site, as the site and the deployments to it say. */
export interface ChangeRules {
  /** Keys of the applications of which nothing is changed → the name of the deployment that says so. */
  readonly suspended: Readonly<Record<string, string>>;
  /** When upgrades may begin; undefined: at any time. */
  readonly windows: readonly UpgradeWindow[] | undefined;
  /** No upgrade begins at all. */
  readonly upgradesBlocked: boolean;
}

/** A time, again and again, in which upgrades may begin. */
export interface UpgradeWindow {
  /** When it opens: days of the week, Monday is 1 and Sunday 7. */
  readonly days: readonly number[];
  /** Minutes since midnight, by the clock of `timeZone`. */
  readonly startMinute: number;
  /** Its name in the IANA database. */
  readonly timeZone: string;
  /** How long it stays open, ms of time that passes. */
  readonly durationMs: number;
}
