import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUN_KINDS, RUN_OUTCOMES } from '../../src/journal/run-document.ts';
import { EVENT_TYPES } from '../../src/status/event-document.ts';

interface Described {
  readonly $defs: Readonly<
    Record<string, { enum?: readonly string[]; properties?: Readonly<Record<string, { enum?: readonly string[] }>> }>
  >;
}

function schemasOf(name: string): Described['$defs'] {
  const text = readFileSync(new URL(`../../schemas/api/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as Described).$defs;
}

describe('the words of events and runs', () => {
  it('are those of their schemas', () => {
    expect(schemasOf('events')['EventType']?.enum).toEqual(EVENT_TYPES);
    const { properties } = schemasOf('runs')['Run']!;
    expect([properties?.['kind']?.enum, properties?.['outcome']?.enum]).toEqual([RUN_KINDS, RUN_OUTCOMES]);
  });
});
