import { Option } from 'commander';
import { environmentName, type Setting, SETTING_NAMES, type SettingName, SETTINGS } from '../settings.ts';

/**
 * The flags of `fairlead run`, made from the table of settings. None has a default here: only so can `loadRunConfig`
 * tell a flag that was given from one that was not.
 */
export function settingOptions(names: readonly SettingName[] = SETTING_NAMES): readonly Option[] {
  return names.map((name) => {
    const { kind, description, defaultText }: Setting<unknown> = SETTINGS[name];
    const flag = kind.placeholder === undefined ? `--${name}` : `--${name} <${kind.placeholder}>`;
    const shownDefault = typeof defaultText === 'string' && defaultText !== 'false' ? `, default ${defaultText}` : '';
    const option = new Option(flag, `${description} (${environmentName(name)}${shownDefault})`);
    if (!kind.repeatable) return option;
    return option.argParser((value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
  });
}
