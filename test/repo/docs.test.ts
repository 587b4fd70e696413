import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS as API_LIMITS } from '../../src/api/http/limits.ts';
import { apiRoutes } from '../../src/api/routes.ts';
import { LIMITS } from '../../src/spec/limits.ts';
import { ELSEWHERE } from '../api/elsewhere.ts';
import { filesOf, textOf } from './tree.ts';

/** Cells of the tables of a page, code marks and padding taken off; the lines between head and body left out. */
function tableRows(page: string): string[][] {
  return textOf(page)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/))
    .map((cells) =>
      cells.map((cell) =>
        cell
          .trim()
          .replaceAll('\\|', '|')
          .replace(/^`([^`]*)`$/, '$1'),
      ),
    );
}

/** What forges make of the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The members of a union of words: `| 'unreachable' // why`. */
function unionMembers(file: string, type: string): string[] {
  const body = new RegExp(`export type ${type} =\\n((?: +\\| '[^\\n]*\\n)+)`).exec(textOf(file))?.[1] ?? '';
  return [...body.matchAll(/\| '([a-z-]+)'/g)].map(([, word = '']) => word);
}

describe('the documentation', () => {
  it('shows a newcomer some of the settings, as the page of all of them has them', () => {
    const all = tableRows('docs/settings.md').map(([flag, , , fallback, meaning]) => [flag, fallback, meaning]);
    const shown = tableRows('README.md').filter(([flag]) => flag?.startsWith('--'));
    expect(shown.length).toBeGreaterThan(3);
    expect(all).toEqual(expect.arrayContaining(shown));
  });

  it('has a row with a next move for every error code', () => {
    const codes = [
      ...unionMembers('src/docker/port.ts', 'DockerErrorCode'),
      ...unionMembers('src/git/port.ts', 'GitErrorCode'),
    ];
    const rows = tableRows('docs/errors.md').filter(([code]) => code !== 'code');
    expect(codes.length).toBeGreaterThan(10);
    expect(rows.map(([code]) => code)).toEqual(codes);
    expect(rows.filter((cells) => cells.length !== 4 || cells.includes(''))).toEqual([]);
  });

  it('has every path of the API, and no other', () => {
    const routes = apiRoutes({ version: '0.0.0', ...ELSEWHERE });
    const paths = routes.map((route) => [route.path.replace(/:(\w+)/g, '{$1}'), route.audience]);
    const documented = tableRows('docs/api.md').filter(([cell]) => cell?.startsWith('/'));
    expect(documented.map(([cell, audience]) => [cell, audience]).sort()).toEqual(paths.sort());
  });

  it('has the limits that are in force', () => {
    const values = tableRows('docs/operations.md').flatMap(([, value = '']) => {
      const match = /^([\d,]+)( MiB)?$/.exec(value);
      return match === null ? [] : [Number(match[1]?.replaceAll(',', '')) * (match[2] === undefined ? 1 : 2 ** 20)];
    });
    expect(values).toEqual(expect.arrayContaining(Object.values(LIMITS)));
  });

  it('has the limits of the state API that are in force', () => {
    const rows = tableRows('docs/operations.md').filter((cells) => cells.length === 3);
    const values = rows.map(([, value = '']) => value.replaceAll(',', ''));
    const { bodyBytes, urlLength, headBytes, headers, headMs, requestMs, answerMs, idleMs, connections } = API_LIMITS;
    expect(values).toEqual(
      expect.arrayContaining([
        ...[`${bodyBytes / 2 ** 20} MiB`, `${urlLength / 1024} KiB`, `${headBytes / 1024} KiB`, String(headers)],
        ...[headMs, requestMs, answerMs].map((ms) => `${ms / 1000} s`),
        ...[`${idleMs / 1000} 10 s`, String(connections)],
      ]),
    );
  });

  it('links to headings that are there', () => {
    const pages = filesOf().filter((file) => file.endsWith('.md'));
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
        .map(([, target = '', anchor = '']) => ({
          file: target === '' ? page : path.posix.join(path.posix.dirname(page), target),
          anchor,
        }))
        .filter(({ file, anchor }) => file.endsWith('.md') && !anchorsOf(file).includes(anchor))
        .map(({ file, anchor }) => `${page}: ${file}#${anchor}`),
    );
    expect(broken).toEqual([]);
  });

  it('links to files that are there', () => {
    const pages = filesOf().filter((file) => file.endsWith('.md'));
    const files = new Set(filesOf());
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => path.posix.join(path.posix.dirname(page), target))
        .filter((target) => !files.has(target) && ![...files].some((file) => file.startsWith(`${target}/`)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
