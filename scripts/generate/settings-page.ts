import { environmentName, type Setting, SETTING_NAMES, type SettingName, SETTINGS } from '../../src/settings.ts';

const HEAD = `# Settings

Every setting of \`fairlead run\`. Made from \`src/settings.ts\` by \`npm run generate\`.

Each is a flag, an environment variable and a key of \`fairlead.yaml\`, which \`--config FILE\` names. The flag beats the
variable, and the variable beats the file. What does not fit is told with where it stands, and nothing is begun.

\`\`\`yaml
# yaml-language-server: $schema=https://fairlead.dev/schemas/config.schema.json
repository: https://git.example.com/acme/site.git
poll-interval: 1m
site: [stockholm]
dry-run: true
\`\`\`

The comment makes an editor complete and check the file; the schema is in
[schemas/config.schema.json](../schemas/config.schema.json), too.

- **Lists**: a flag is given once for each value, a variable has commas between them, the file has a list.
- **Switches**: a flag stands alone, a variable is \`true\` or \`false\`.
- **Lengths of time** are written \`500ms\`, \`30s\`, \`1h30m\`, \`2d\`.
- **Secrets** stand in files that a setting names; what is in such a file is told where it is used: [tokens](api.md#who-sees-what),
  [webhooks](webhooks.md), [notifications](notifications.md), the [repository](git.md).

`;

/** docs/settings.md: a row for each setting. */
export function settingsPage(): string {
  const head = ['flag', 'variable', 'in `fairlead.yaml`', 'default', 'meaning'];
  return [HEAD, row(head), row(head.map(() => '---')), ...SETTING_NAMES.map(toRow)].join('');
}

function toRow(name: SettingName): string {
  const { kind, description }: Setting<unknown> = SETTINGS[name];
  const flag = kind.placeholder === undefined ? `--${name}` : `--${name} ${kind.placeholder}`;
  const value = kind.placeholder ?? 'true|false';
  const key = `${name}: ${kind.repeatable ? `[${value}, …]` : value}`;
  return row([code(flag), code(environmentName(name)), code(key), shownDefault(SETTINGS[name]), description]);
}

function shownDefault({ defaultText, required }: Setting<unknown>): string {
  if (required) return '**required**';
  if (defaultText === undefined) return '';
  return typeof defaultText === 'string' ? code(defaultText) : defaultText.words;
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}
