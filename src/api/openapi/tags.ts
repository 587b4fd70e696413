/** What operations are grouped by in pages and clients made of `/openapi.json`. */
export interface Tag {
  readonly name: string;
  readonly description: string;
}

/** The first that matches a path is its tag. */
export const TAGS: readonly (Tag & { readonly paths: RegExp })[] = [
  {
    name: 'Status over sites',
    description: 'How applications are at each of their sites.',
    paths: /\/application-status\//,
  },
  {
    name: 'Application deployments',
    description: 'Which sites get which application.',
    paths: /\/application-deployments/,
  },
  { name: 'Hosts', description: 'The hosts of the site, and what runs on each.', paths: /\/system\/cluster\/hosts/ },
  { name: 'Service instances', description: 'What runs of an application.', paths: /\/service-instances/ },
  { name: 'Applications', description: 'What is deployed under one name and one version.', paths: /\/applications/ },
  { name: 'Sites', description: 'Places with hosts.', paths: /\/(?:sites|assigned-sites|cluster)(?:\/|$)/ },
  {
    name: 'Git and plan',
    description: 'What was read from git, when it is read, and what follows from it.',
    paths: /\/(?:repository|plan|webhooks)(?:\/|$)/,
  },
  { name: 'History', description: 'What happened, and what was asked for.', paths: /\/(?:events|runs|audit)(?:\/|$)/ },
  { name: 'Tokens', description: 'Who asks.', paths: /\/(?:login|approle-login|strongbox)(?:\/|$)/ },
  { name: 'Daemon', description: 'The daemon itself.', paths: /^/ },
];

/** The name of a path's tag. */
export function tagOf(path: string): string {
  return TAGS.find(({ paths }) => paths.test(path))?.name ?? '';
}
