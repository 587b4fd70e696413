import { publicPath } from '../../src/api/openapi.ts';
import { METHODS, type Operation, type Route } from '../../src/api/route.ts';

/** A row for each path of the API: who may ask, and for what. */
export function pathTable(routes: readonly Route[]): string {
  const rows = routes.map((route) => [`\`${publicPath(route.path)}\``, route.audience, operations(route).join('; ')]);
  return [['path', 'for', 'what'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

/** What GET shows; of another method also how it is called. */
function operations({ methods }: Route): readonly string[] {
  return METHODS.flatMap((method) => {
    const operation = methods[method];
    if (operation === undefined) return [];
    return [method === 'GET' ? operation.summary : `\`${method}${flag(operation)}\`: ${operation.summary}`];
  });
}

function flag({ onlyWith }: Operation): string {
  return onlyWith === undefined ? '' : `?${onlyWith}`;
}
