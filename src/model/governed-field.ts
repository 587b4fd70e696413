/** What a policy may have a say in, with what of it the policy looks at. */
export type GovernedKind =
  /** The image as written. */
  | 'image'
  /** Without `CAP_`. */
  | 'capability'
  | 'device-label'
  /** '' */
  | 'gpu'
  /** The number, or `free`. */
  | 'host-port'
  /** `apparmor` or `selinux`. */
  | 'security-off'
  /** A label expression. */
  | 'volume-labels'
  /** A container without a limit: its name. */
  | 'no-memory'
  | 'no-cpus';

/** A value of an application that a policy may forbid, and where it stands in the text. */
export interface GovernedField {
  readonly kind: GovernedKind;
  readonly value: string;
  /** `services[0].containers[1].image` */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}
