import { badRequest } from './errors.ts';
import { valueOf, type Query } from './query.ts';

/** The value of a parameter of which there can be one. @throws ApiError 400 */
export function once(query: Query, name: string): string | undefined {
  if (Array.isArray(query[name])) throw badRequest(`${name}: given more than once`);
  return valueOf(query, name);
}
