/** Where a Docker engine listens. */
export type DockerEndpoint =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** `unix:///path`, `tcp://host:port` or `http://host:port`. Throws an Error whose message is a sentence. */
export function parseEndpoint(text: string): DockerEndpoint {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  switch (scheme) {
    case 'unix':
      return toUnixEndpoint(text);
    case 'tcp':
    case 'http':
      return toTcpEndpoint(text);
    case 'https':
    case 'ssh':
    case 'npipe':
      throw new Error(`Docker endpoints of the form ${scheme}:// are not supported yet: ${redact(text)}`);
    default:
      throw new Error(`not a Docker endpoint (unix:///path or tcp://host:port): ${redact(text)}`);
  }
}

/** The endpoint as a person writes it. */
export function formatEndpoint(endpoint: DockerEndpoint): string {
  if (endpoint.kind === 'unix') return `unix://${endpoint.socketPath}`;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return `tcp://${host}:${endpoint.port}`;
}

function toUnixEndpoint(text: string): DockerEndpoint {
  const socketPath = text.slice('unix://'.length);
  if (!socketPath.startsWith('/')) throw new Error(`a unix endpoint needs an absolute path: ${text}`);
  return { kind: 'unix', socketPath };
}

function toTcpEndpoint(text: string): DockerEndpoint {
  const asHttp = text.replace(/^tcp:/, 'http:');
  const url = URL.canParse(asHttp) ? new URL(asHttp) : undefined;
  if (url === undefined || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new Error(`a tcp endpoint is tcp://host:port: ${redact(text)}`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(/:(\d+)\/?$/.exec(text)?.[1] ?? DEFAULT_PORT);
  return { kind: 'tcp', host, port };
}

/** The port the Docker client takes for plain TCP. */
const DEFAULT_PORT = 2375;

/** A password in an endpoint must not reach a message. */
function redact(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//');
}
