import type { Narrator } from '../events.ts';
import type { ResolvedCatalog, VersionHistory } from '../model/catalog.ts';
import {
  asksForNoMore,
  asksTheSame,
  askVersions,
  pickVersions,
  toInForce,
  type AskedVersions,
} from './asked-versions.ts';
import { createBell } from './bell.ts';
import type { RunningVersions } from './running-versions.ts';
import { createVersionSearch, type VersionSearch, type VersionSearchOptions } from './version-search.ts';

export interface VersionIndexOptions extends VersionSearchOptions {
  readonly narrate: Narrator;
  /** `known` has changed. */
  readonly onNews: () => void;
}

/**
 * The versions of applications, found in the history of a revision in the background: nothing waits for it. All of it
 * comes from git, so a fresh daemon finds the same (contract 8.3).
 */
export interface VersionIndex {
  /** Has the versions of a revision looked for, and once more what could not be read. Returns at once. */
  look(catalog: ResolvedCatalog, running: RunningVersions): void;
  /** The catalog looked at last with what is known now; the same object as long as that is the same. */
  known(): ResolvedCatalog | undefined;
  /** Walks until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function createVersionIndex({ narrate, onNews, ...options }: VersionIndexOptions): VersionIndex {
  const search = createVersionSearch(options);
  const bell = createBell();
  let asked: AskedVersions | undefined;
  let answered: AskedVersions | undefined;
  let error = '';
  let known: ResolvedCatalog | undefined;

  function isKnown(key: string, version: string): boolean {
    if (asked?.catalog.applications[key]?.document.spec.version === version) return true;
    return search.found(key).some((one) => one.version === version && one.document !== undefined);
  }

  function compile(question: AskedVersions): void {
    const { catalog } = question;
    const progress = { isComplete: answered === question, isCut: search.isCut(), error };
    known = { ...catalog, history: { ...versionsOf(question, search), ...progress } };
  }

  function tell(): void {
    if (asked === undefined) return;
    compile(asked);
    onNews();
  }

  async function answer(question: AskedVersions, signal: AbortSignal): Promise<void> {
    try {
      await search.search(question, {
        signal,
        goesOn: () => asked === question && !signal.aborted,
        onFound: tell,
      });
      if (asked !== question || signal.aborted) return;
      answered = question;
      error = '';
    } catch (failure) {
      if (signal.aborted) return;
      const message = failure instanceof Error ? failure.message : String(failure);
      if (message !== error) narrate({ kind: 'history-failed', error: message });
      error = message;
    }
    tell();
  }

  return {
    look(catalog, running) {
      const [former, question] = [asked, askVersions(catalog, running)];
      if (former !== undefined && asksTheSame(former, question)) {
        if (error !== '') bell.ring();
        return;
      }
      asked = question;
      if (former !== undefined && former === answered && asksForNoMore(former, question, isKnown)) answered = question;
      compile(question);
      bell.ring();
    },
    known: () => known,
    async run(signal) {
      while (await bell.wait(undefined, signal)) {
        if (asked !== undefined && asked !== answered) await answer(asked, signal);
      }
    },
  };
}

/** What is known of what is asked for, as far as its texts are here. */
function versionsOf(
  question: AskedVersions,
  search: VersionSearch,
): Pick<VersionHistory, 'versions' | 'unlisted' | 'changedAt'> {
  const versions: Record<string, VersionHistory['versions'][string]> = {};
  const unlisted: Record<string, readonly string[]> = {};
  const changedAt: Record<string, number> = {};
  for (const key of Object.keys(question.catalog.applications)) {
    const changed = search.changedAt(key, question.catalog.revision);
    if (changed !== undefined) changedAt[key] = changed;
    const picked = pickVersions(question, key, search.found(key));
    const texts = picked.flatMap(({ sighting }) => toInForce(sighting) ?? []);
    const others = picked.filter(({ isListed }) => !isListed).map(({ sighting }) => sighting.version);
    if (texts.length > 0) versions[key] = texts;
    if (others.length > 0) unlisted[key] = others;
  }
  return { versions, unlisted, changedAt };
}
