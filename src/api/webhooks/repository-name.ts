// Whether a payload is about the repository that is followed. Hosts are not compared: the same forge has several names,
// one inside and one outside, and another for SSH.

/** The path of a remote repository, `acme/site`; undefined for one on this machine, which no payload can name. */
export function followedPath(repository: string): string | undefined {
  const isRemote = /^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(repository) || /^[^/\\]+:(?!\/\/)/.test(repository);
  return isRemote ? toPath(repository) : undefined;
}

/** The name of a repository that is not the one followed; undefined: it is, or nothing tells. */
export function otherRepository(named: readonly string[], followed: string | undefined): string | undefined {
  const paths = named.map(toPath).filter((path) => path !== '');
  if (followed === undefined || paths.length === 0) return undefined;
  return paths.some((path) => endsAlike(path, followed)) ? undefined : paths[0];
}

/** `https://user@host:8443/acme/site.git/`, `git@host:acme/site.git` and `acme/site` are `acme/site`. Forges ignore case. */
function toPath(address: string): string {
  const path = address
    .replace(/[?#].*$/s, '')
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .replace(/^[^/]*:/, '');
  return path
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .replace(/\.git$/i, '')
    .toLowerCase();
}

/** A forge may be served below a path, which its payloads have or not. */
function endsAlike(a: string, b: string): boolean {
  return `/${a}`.endsWith(`/${b}`) || `/${b}`.endsWith(`/${a}`);
}
