import type { GitReader, TreeEntry } from '../git/port.ts';
import type { Catalog, ParsedFile } from '../model/catalog.ts';
import { buildCatalog } from '../spec/build-catalog.ts';
import { classifyPath, holdsDocuments } from '../spec/layout.ts';
import { LIMITS } from '../spec/limits.ts';
import { parseFile, rejectFile } from '../spec/parse-file.ts';
import type { EarlierVersion } from '../spec/resolve-catalog.ts';

/** Parsed files of earlier revisions that are kept beside those of the newest. */
const EARLIER_FILES = 1000;

const NOTHING = new Uint8Array();

/** Reads revisions into catalogs. A file is parsed once for its path and bytes: a commit costs what it changed. */
export interface TreeLoader {
  /** `earlierPolicies`: what `buildCatalog` takes for broken ones. @throws GitError */
  load(revision: string, earlierPolicies?: readonly EarlierVersion[]): Promise<Catalog>;
  /** Every file of a revision, each for itself: before they are judged together. @throws GitError */
  loadFiles(revision: string): Promise<readonly ParsedFile[]>;
  /** One file of a revision; undefined when it is not there. @throws GitError */
  loadFile(revision: string, path: string): Promise<ParsedFile | undefined>;
  /** A file by its path and entry; one that was not kept before is not kept. @throws GitError */
  parseEntry(path: string, entry: TreeEntry): Promise<ParsedFile>;
}

/** Files that were read, for loaders of one repository to share: by kind, id and path, in the order they were used. */
export type ParsedFiles = Map<string, ParsedFile>;

export function createTreeLoader(git: GitReader, parsed: ParsedFiles = new Map()): TreeLoader {
  let filesAtHead = 0;

  async function parse(path: string, entry: TreeEntry): Promise<ParsedFile> {
    if (entry.type !== 'file') {
      return rejectFile(path, `this is a ${entry.type}, which is not followed; commit the file itself`);
    }
    if (!holdsDocuments(classifyPath(path))) return parseFile(path, NOTHING);
    const bytes = await git.readBlob(entry.oid, LIMITS.fileBytes);
    if (bytes !== 'too-large') return parseFile(path, bytes);
    return rejectFile(path, `the file is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB and is not read`);
  }

  const keyOf = (path: string, { type, oid }: TreeEntry) => `${type} ${oid} ${path}`;

  async function parseOnce(path: string, entry: TreeEntry): Promise<ParsedFile> {
    const key = keyOf(path, entry);
    const file = parsed.get(key) ?? (await parse(path, entry));
    parsed.delete(key);
    parsed.set(key, file);
    return file;
  }

  /** Forgets what was used longest ago; never the files of the revision just read. */
  function trim(): void {
    for (const key of parsed.keys()) {
      if (parsed.size <= 2 * filesAtHead + EARLIER_FILES) return;
      parsed.delete(key);
    }
  }

  async function loadFiles(revision: string): Promise<readonly ParsedFile[]> {
    const files: ParsedFile[] = [];
    for (const [path, entry] of await git.readTree(revision)) {
      if (classifyPath(path).kind !== 'ignored') files.push(await parseOnce(path, entry));
    }
    filesAtHead = files.length;
    trim();
    return files;
  }

  return {
    load: async (revision, earlierPolicies) => buildCatalog(revision, await loadFiles(revision), [], earlierPolicies),
    loadFiles,
    parseEntry: async (path, entry) => parsed.get(keyOf(path, entry)) ?? (await parse(path, entry)),
    async loadFile(revision, path) {
      const entry = await git.readTreeEntry(revision, path);
      if (entry === undefined) return undefined;
      const file = await parseOnce(path, entry);
      trim();
      return file;
    },
  };
}
