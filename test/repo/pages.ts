import { filesOf, textOf } from './tree.ts';

/** A piece of a page between two fences. */
export interface Block {
  readonly page: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** What stands behind the fence: `sh`, `yaml`, '' for none. */
  readonly language: string;
  readonly text: string;
}

/** Every page for people, the changelog left out: it tells of what was. */
export function pages(): readonly string[] {
  return filesOf().filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md');
}

export function blocksOf(page: string): readonly Block[] {
  const lines = textOf(page).split('\n');
  const fences = lines.flatMap((line, at) => (/^\s*```/.test(line) ? [at] : []));
  return fences.flatMap((from, i) => {
    if (i % 2 === 1) return [];
    const language = lines[from]?.trim().slice(3) ?? '';
    return [{ page, line: from + 2, language, text: lines.slice(from + 1, fences[i + 1]).join('\n') }];
  });
}

/** The lines of a page that stand between no fences, with their numbers. */
export function proseOf(page: string): readonly (readonly [line: number, text: string])[] {
  let isFenced = false;
  return textOf(page)
    .split('\n')
    .flatMap((text, at) => {
      const isFence = /^\s*```/.test(text);
      if (isFence) isFenced = !isFenced;
      return isFence || isFenced ? [] : [[at + 1, text] as const];
    });
}
