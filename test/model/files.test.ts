import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTold, noteTold, parseTold } from '../../src/model/files.ts';

const container = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const generation = fc.stringMatching(/^\.\.[0-9a-f]{1,16}$/);

describe('what a files volume says about who was told', () => {
  it('is a text sorted by container', () => {
    expect(formatTold({ web: '..2', mydb: '..1f3a' })).toBe('mydb=..1f3a/web=..2');
    expect(formatTold({})).toBe('');
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.dictionary(container, generation), (told) => {
        expect(parseTold(formatTold(told))).toEqual({ ...told });
      }),
    );
  });

  it('leaves out what Fairlead did not write', () => {
    expect(parseTold('mydb=..1f/etc/passwd/x=/=..1/other=..2')).toEqual({ mydb: '..1f', other: '..2' });
    expect(parseTold('')).toEqual({});
  });

  it('forgets who knows only of another generation when somebody is told', () => {
    expect(noteTold({ web: '..1', mydb: '..2' }, 'other', '..2')).toEqual({ mydb: '..2', other: '..2' });
    expect(noteTold({ web: '..1' }, 'web', '..2')).toEqual({ web: '..2' });
  });
});
