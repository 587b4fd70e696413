/** A file of a template or of what becomes of it; the path uses `/`. */
export interface ScaffoldFile {
  readonly path: string;
  readonly text: string;
}

export interface ScaffoldOptions {
  /** Heads the README. */
  readonly title: string;
  readonly tenant: string;
  /** Left out, there is no file for a site: then it is the one called `local`, this machine. */
  readonly site: string | undefined;
}

/** What the template calls its tenant and its site. */
const TEMPLATE = { tenant: 'acme', site: 'local' };

/** The files of a new repository, sorted, made of those of examples/starter. */
export function scaffold(template: readonly ScaffoldFile[], options: ScaffoldOptions): readonly ScaffoldFile[] {
  return template.flatMap((file) => toScaffold(file, options)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function toScaffold({ path, text }: ScaffoldFile, { title, tenant, site }: ScaffoldOptions): readonly ScaffoldFile[] {
  // Packages leave out files that are called .gitignore.
  if (path === 'gitignore') return [{ path: '.gitignore', text }];
  if (path === 'README.md') return [{ path, text: text.replace(/^# .*/, `# ${title}`) }];
  const own = `tenants/${TEMPLATE.tenant}/`;
  if (path.startsWith(own)) return [{ path: `tenants/${tenant}/${path.slice(own.length)}`, text }];
  if (path !== `sites/${TEMPLATE.site}.yaml` || site === undefined) return [];
  const name = new RegExp(`^(\\W*name:) ${TEMPLATE.site}$`, 'gm');
  return [{ path: `sites/${site}.yaml`, text: text.replace(name, `$1 ${site}`) }];
}

/** The files that make a forge check and plan changes, made of those of examples/ci. @param template `github/…`, `gitlab/…` */
export function scaffoldPipeline(
  template: readonly ScaffoldFile[],
  forge: 'github' | 'gitlab',
): readonly ScaffoldFile[] {
  return template
    .filter(({ path }) => path.startsWith(`${forge}/`))
    .map(({ path, text }) => ({ path: forge === 'github' ? `.${path}` : `.${path.slice('gitlab/'.length)}`, text }));
}
