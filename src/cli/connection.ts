import type { Command } from 'commander';
import { SETTINGS } from '../settings.ts';
import { adminTokenFile } from '../api/access/admin-token.ts';
import type { CliIo } from './io.ts';

/** Where a client command turns to, and as whom. */
export interface Connection {
  /** `http://127.0.0.1:4646`, without a slash at its end. */
  readonly server: string;
  readonly tokenFile: string;
  readonly tenant: string | undefined;
  readonly site: string | undefined;
  readonly caFile: string | undefined;
}

/** A flag of the client commands and the variable that stands in for it (contract 1). */
const FLAGS = {
  server: { flag: '--server <URL>', variable: 'FAIRLEAD_SERVER', about: 'the state API' },
  tokenFile: { flag: '--token-file <FILE>', variable: 'FAIRLEAD_TOKEN_FILE', about: 'the file with the token' },
  tenant: { flag: '--tenant <NAME>', variable: 'FAIRLEAD_TENANT', about: 'one tenant instead of all' },
  site: { flag: '--site <NAME>', variable: 'FAIRLEAD_SITE', about: 'the site that is asked' },
  caFile: { flag: '--ca-file <FILE>', variable: 'FAIRLEAD_CA_FILE', about: 'certificates to trust, in PEM form' },
} as const satisfies Record<keyof Connection, { flag: string; variable: string; about: string }>;

type Flag = keyof typeof FLAGS;

/** What commander parsed of these flags. */
export type ConnectionFlags = Readonly<Partial<Record<Flag, string>>>;

export function addConnectionOptions(command: Command): Command {
  for (const { flag, variable, about } of Object.values(FLAGS)) command.option(flag, `${about} (${variable})`);
  return command;
}

/** Flag beats variable beats this machine's daemon. */
export function resolveConnection(flags: ConnectionFlags, io: Pick<CliIo, 'env' | 'isRoot'>): Connection {
  const given = (name: Flag) => flags[name] ?? (io.env[FLAGS[name].variable] || undefined);
  const server = given('server') ?? `http://${defaultOf('listen', io)}`;
  return {
    server: server.replace(/\/+$/, ''),
    tokenFile: given('tokenFile') ?? adminTokenFile(io.env['FAIRLEAD_STATE_DIR'] || defaultOf('state-dir', io)),
    tenant: given('tenant'),
    site: given('site'),
    caFile: given('caFile'),
  };
}

/** What the daemon uses when nobody says otherwise. */
function defaultOf(setting: 'listen' | 'state-dir', io: Pick<CliIo, 'env' | 'isRoot'>): string {
  const text = SETTINGS[setting].defaultText ?? '';
  return typeof text === 'string' ? text : text.on(io);
}
