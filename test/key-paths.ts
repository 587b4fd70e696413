/** `service-instances[].containers[].id` of everything inside, each once, in the order of the document. */
export function keyPaths(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => keyPaths(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = path === '' ? key : `${path}.${key}`;
    return [own, ...keyPaths(item, own)];
  });
}
