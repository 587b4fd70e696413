import type { ReviewDocument } from '../status/documents.ts';
import { formatGithub } from './format-github.ts';
import { formatMarkdown } from './format-markdown.ts';
import { formatText } from './format-text.ts';

/** The forms a review can be printed in (contract 1). */
export const REVIEW_FORMATS = ['text', 'json', 'github', 'markdown'] as const;
export type ReviewFormat = (typeof REVIEW_FORMATS)[number];

/** A review for a terminal, a program, a log of GitHub Actions or a comment. Ends in a line break. */
export function formatReview(document: ReviewDocument, format: ReviewFormat): string {
  switch (format) {
    case 'text':
      return formatText(document);
    case 'json':
      return `${JSON.stringify(document, undefined, 2)}\n`;
    case 'github':
      return formatGithub(document);
    case 'markdown':
      return formatMarkdown(document);
    default:
      return format satisfies never;
  }
}
