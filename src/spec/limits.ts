/** What one file may hold. Whatever is beyond is a problem, told in words, and costs no more than what is within. */
export const LIMITS = {
  fileBytes: 1024 * 1024,
  documentsPerFile: 500,
  /** Mappings and sequences inside one another, after aliases are followed. */
  depth: 64,
  /** Pieces of YAML (words, signs, line breaks, a whole block of text is one): about 300 kB of dense YAML. */
  tokensPerFile: 60_000,
  /** Values in a document after aliases are followed. */
  valuesPerDocument: 50_000,
  /** Problems shown of one file. */
  problemsPerFile: 100,
} as const;

/**
 * Instances of one application at a site: each has an address on the application's network, a /26 of 64 addresses, of
 * which the network, its broadcast and the engine's gateway take one each (contract 1).
 */
export const INSTANCES_PER_APPLICATION = 61;
