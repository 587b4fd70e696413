/** With what a remote repository is reached, as the settings name it. Files are read at each look: a change counts. */
export interface RepositoryAccess {
  /** See `parseCredentials`. */
  readonly credentialsFile: string | undefined;
  /** Certificates (PEM) of authorities that count beside those the runtime knows. */
  readonly caFile: string | undefined;
  /** `none`, or the address of a proxy; undefined: as the environment says. */
  readonly proxy: string | undefined;
  /** A private key in the format of OpenSSH or PEM. */
  readonly sshKeyFile: string | undefined;
  readonly sshPassphraseFile: string | undefined;
  /** See sshd(8). */
  readonly knownHostsFile: string | undefined;
}
