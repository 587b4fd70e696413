import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAnswer, UNCOUNTED } from '../../src/health/probe-count.ts';

const count = (answers: readonly ('success' | 'failure')[], successThreshold: number, failureThreshold: number) =>
  answers.reduce((now, answer) => countAnswer(now, answer, { successThreshold, failureThreshold }), UNCOUNTED);

describe('counting the answers to a probe', () => {
  it('is unknown until a threshold is reached', () => {
    expect(count([], 1, 3).status).toBe('unknown');
    expect(count(['failure', 'failure'], 1, 3).status).toBe('unknown');
    expect(count(['failure', 'failure', 'failure'], 1, 3).status).toBe('failure');
    expect(count(['success'], 2, 3).status).toBe('unknown');
    expect(count(['success', 'success'], 2, 3).status).toBe('success');
  });

  it('counts answers in a row: one to the contrary starts the row anew', () => {
    expect(count(['success', 'failure', 'failure', 'success', 'failure', 'failure'], 1, 3).status).toBe('success');
    expect(count(['failure', 'success', 'failure', 'success'], 2, 1).status).toBe('failure');
  });

  it('a success threshold of 1 means the latest success counts at once', () => {
    expect(count(['failure', 'failure', 'failure', 'success'], 1, 3).status).toBe('success');
  });

  it('is what the latest row long enough says, whatever came before', () => {
    const answers = fc.array(fc.constantFrom('success' as const, 'failure' as const), { maxLength: 30 });
    const threshold = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(answers, threshold, threshold, (given, successes, failures) => {
        const letters = given.map((answer) => (answer === 'success' ? 's' : 'f')).join('');
        const success = letters.lastIndexOf('s'.repeat(successes));
        const failure = letters.lastIndexOf('f'.repeat(failures));
        const expected = success === failure ? 'unknown' : success > failure ? 'success' : 'failure';
        expect(count(given, successes, failures).status).toBe(expected);
      }),
    );
  });
});
