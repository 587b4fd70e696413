/**
 * What stands in a record under a name that somebody chose. Plain brackets also find what every object has: a tenant may be
 * called `constructor`.
 */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
