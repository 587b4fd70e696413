import { NO_SECRET_VALUES, type SecretValues } from '../model/secret-values.ts';

/** Who delivers the values of secrets to this site. */
export interface SecretSource {
  /** Those of now: the same object until one of them changes. */
  current(): SecretValues;
  /** Calls back whenever `current` has become another, as long as the daemon lives. */
  onChange(listener: () => void): void;
}

/** Nobody does yet: an instance that needs one is not placed. */
export const NO_SECRETS: SecretSource = { current: () => NO_SECRET_VALUES, onChange: () => undefined };
