/** What has to be signed, and by whom. */
export interface VerifyConfig {
  readonly mode: 'commit' | 'tag';
  /** Files and folders with the keys that count. */
  readonly keys: readonly string[];
}

/** What is wrong: keys that nobody asks for are as much of a surprise as signatures that no key can make good. */
export function halfVerify({ verify, 'verify-keys': keys }: Readonly<Record<string, unknown>>): readonly string[] {
  if (verify === undefined || (verify !== 'none') === (keys !== undefined)) return [];
  return [
    verify === 'none'
      ? '--verify-keys needs --verify commit or --verify tag as well'
      : '--verify needs --verify-keys as well: the keys whose signatures count',
  ];
}

/** undefined: nothing has to be signed. */
export function toVerify(values: {
  readonly verify?: 'none' | VerifyConfig['mode'];
  readonly 'verify-keys'?: readonly string[];
}): VerifyConfig | undefined {
  const { verify, 'verify-keys': keys } = values;
  return verify === undefined || verify === 'none' || keys === undefined ? undefined : { mode: verify, keys };
}
