import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMENT_NAME, toBody } from '../../src/forge/comment-body.ts';

const HEAD = '<!-- fairlead comment: review -->\n';

function body(text: string, limit = 400): string {
  return toBody({ name: 'review', text, elsewhere: undefined }, limit);
}

describe('the text of a comment', () => {
  it('stands behind the marker as it is where there is room', () => {
    expect(body('**1 change**\n\n- a\n')).toBe(`${HEAD}**1 change**\n\n- a\n`);
  });

  it('ends at the end of a line where there is none, and says where the rest is', () => {
    const text = body(Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n'));
    expect(text.length).toBeLessThanOrEqual(400);
    expect(text).toMatch(
      /\nline \d+\n\n_This was too long for a comment and ends here; the output of the pipeline has all of it\._\n$/,
    );
  });

  it('leaves no block of code and no folded part open', () => {
    const text = body(`<details><summary>more</summary>\n\n\`\`\`diff\n${'+ a\n'.repeat(500)}\`\`\`\n\n</details>\n`);
    expect(text).toMatch(/\+ a\n\n```\n\n<\/details>\n\n_This was too long/);
  });

  it('does not count what only looks like a folded part inside a block of code', () => {
    expect(body(`\`\`\`\n<details>\n\`\`\`\n${'a\n'.repeat(500)}`)).not.toContain('</details>');
  });

  it('has no line that GitLab or a bot would take for a command', () => {
    expect(body('/merge\n  /close\ntext /stays\n\n/var')).toBe(
      `${HEAD}\u200b/merge\n  \u200b/close\ntext /stays\n\n\u200b/var\n`,
    );
  });

  it('never is longer than the limit, nor broken inside a character', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 80 });
    const lines = fc.array(fc.oneof(line, fc.constantFrom('```', '~~~~', '<details>', '</details>')), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(lines, fc.integer({ min: 600, max: 2000 }), (given, limit) => {
        const text = body(given.join('\n'), limit);
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text.startsWith(HEAD)).toBe(true);
        expect(Buffer.from(text).toString()).toBe(text);
      }),
    );
  });
});

describe('the name of a comment', () => {
  it('cannot end the marker', () => {
    for (const name of ['review', 'plan/north', 'a.b_c-1']) expect(name).toMatch(COMMENT_NAME);
    for (const name of ['', 'a -->', '-->', 'a b', 'A', 'x'.repeat(200), 'a-']) expect(name).not.toMatch(COMMENT_NAME);
  });
});
