// npx tsx bench/metrics.ts [APPLICATIONS] [INSTANCES]
//
// What a scrape of /metrics costs: of a snapshot that was scraped before, and of one in which every application is new.
import { createMetrics } from '../src/metrics/metrics.ts';
import { application, instance, snapshot } from '../test/api/snapshot-builders.ts';

const [applications = 1_000, instances = 10] = process.argv.slice(2).map(Number);
const ROUNDS = 20;

const states = Array.from({ length: instances }, (_, n) => instance(`web-${n + 1}`));
const entries = Array.from({ length: applications }, (_, n) =>
  application(`tenant-${n % 20}.application-${n}`, { state: { 'service-instances': states } }),
);
const fresh = () => snapshot({ applications: entries.map((entry) => ({ ...entry })) });

const metrics = createMetrics({ version: '0.0.0', now: Date.now, process: true, keepMs: 0 });
const scrape = async (shown: ReturnType<typeof fresh>) => {
  const began = performance.now();
  const text = await metrics.text(shown);
  return { ms: performance.now() - began, text };
};

const known = fresh();
const again: number[] = [];
const anew: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  again.push((await scrape(known)).ms);
  anew.push((await scrape(fresh())).ms);
}
const { text } = await scrape(known);
const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
console.log(`${applications} applications × ${instances} instances`);
console.log(`  ${text.split('\n').length} lines, ${Math.round(text.length / 1000)} kB`);
console.log(`  scraped before: ${median(again).toFixed(1)} ms; all of it new: ${median(anew).toFixed(1)} ms`);
