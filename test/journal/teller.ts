import { openEventFiles } from '../../src/journal/event-files.ts';
import { createEventRing } from '../../src/journal/event-ring.ts';
import { startEventWriter } from '../../src/journal/event-writer.ts';

// A process that tells numbered events until it is killed.

const directory = process.argv[2] ?? '';
const { files, earlier } = await openEventFiles({ directory, perFile: 1e6, bytesPerFile: 1e9 });
const ring = createEventRing({ capacity: 10_000, now: () => Date.now(), earlier });
startEventWriter({ ring, files, onProblem: (problem) => console.error(problem), gatherMs: 1 });
for (let number = 1; ; number += 1) {
  ring.add({ type: 'converged', message: String(number) }, 'local');
  if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
