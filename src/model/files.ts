// What the link `..told` of a `files` volume says: its target text is `mydb=..1f3a/other=..1f3a`, container by container
// the generation it was told of. A link, because it can be replaced atomically and read without starting anything.

/** Container → generation. */
export type Told = Readonly<Record<string, string>>;

/** Sorted by container. Names are DNS-like and generations `..hex`, so neither holds `=` or `/`. '' for nobody. */
export function formatTold(told: Told): string {
  return Object.keys(told)
    .sort()
    .map((container) => `${container}=${told[container] ?? ''}`)
    .join('/');
}

/** The inverse of `formatTold`. What is not of its form, a user may have written into the volume: it is left out. */
export function parseTold(text: string): Told {
  const entries = text.split('/').flatMap((part) => {
    const [, container, generation] = ENTRY.exec(part) ?? [];
    return container === undefined || generation === undefined ? [] : [[container, generation] as const];
  });
  return Object.fromEntries(entries);
}

const ENTRY = /^([a-z0-9][a-z0-9-]*)=(\.\.[0-9a-f]+)$/;

/** After `container` was told of `generation`. Who knows only of another one knows nothing that counts. */
export function noteTold(told: Told, container: string, generation: string): Told {
  const current = Object.entries(told).filter(([, known]) => known === generation);
  return Object.fromEntries([...current, [container, generation]]);
}
