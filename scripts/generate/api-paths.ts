import { publicPath } from '../../src/api/openapi/openapi.ts';
import { METHODS, type Route } from '../../src/api/protocol/route.ts';

/** A row for each path of the API: who may ask, and for what. */
export function pathTable(routes: readonly Route[]): string {
  const rows = routes.map((route) => [`\`${publicPath(route.path)}\``, route.audience, operations(route).join('; ')]);
  return [['path', 'for', 'what'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

/** What GET shows, how other methods are called and what they are for, and which only check. */
function operations({ methods }: Route): readonly string[] {
  const found = METHODS.flatMap((method) => {
    const operation = methods[method];
    return operation === undefined ? [] : [{ method, operation }];
  });
  const checks = found.filter(({ operation }) => operation.onlyWith !== undefined);
  const others = found.filter(({ operation }) => operation.onlyWith === undefined);
  const told = others.map(({ method, operation: { summary, role } }) => {
    const who = role === undefined ? '' : ` (role \`${role}\`)`;
    return `${method === 'GET' ? '' : `\`${method}\`: `}${summary}${who}`;
  });
  const flags = new Set(checks.map(({ operation }) => `\`?${operation.onlyWith ?? ''}\``));
  const names = checks.map(({ method }) => `\`${method}\``);
  return names.length === 0 ? told : [...told, `with ${[...flags].join()} also ${names.join(', ')}`];
}
