import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../scripts/setup.mjs';
import { METRICS } from '../../src/metrics/definitions.ts';
import { LABELS } from '../../src/metrics/labels.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { snapshot } from '../api/snapshot-builders.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { parseExpression, type Expression } from './promql.ts';

const folder = path.join(root, 'examples/monitoring');
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const { groups } = parse(read('alerts.yaml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
}
const board = JSON.parse(read('grafana-dashboard.json')) as {
  panels: Panel[];
  templating: { list: { name: string }[] };
};
const targets = board.panels.flatMap((panel) => panel.targets ?? []);

/** Labels that Prometheus adds to whatever it scrapes. */
const OF_THE_SCRAPE = ['job', 'instance'];

/** The labels of every series there is, by its name; of Prometheus' own, `up`. */
async function seriesLabels(): Promise<ReadonlyMap<string, readonly string[]>> {
  const own = Object.values(METRICS).flatMap(({ kind, name, labels }): [string, readonly string[]][] =>
    kind === 'histogram'
      ? [`${name}_sum`, `${name}_count`, `${name}_bucket`].map((one) => [one, [...labels, 'le']])
      : [[name, labels]],
  );
  const metrics = createMetrics({ version: '0.0.0', now: () => 0, process: true });
  const { samples } = parseExposition(await metrics.text(snapshot()));
  const ofProcess = samples
    .filter(({ name }) => !name.startsWith('fairlead_'))
    .map(({ name, labels }): [string, readonly string[]] => [name, Object.keys(labels)]);
  return new Map([...own, ...ofProcess, ['up', []]]);
}

const series = await seriesLabels();

/** What an expression names that is not there. */
function strangersIn({ selectors, groupedBy }: Expression): readonly string[] {
  const known = (metric: string) => [...(series.get(metric) ?? []), ...OF_THE_SCRAPE];
  const grouped = selectors.flatMap(({ metric }) => known(metric));
  return [
    ...selectors.filter(({ metric }) => !series.has(metric)).map(({ metric }) => metric),
    ...selectors.flatMap(({ metric, matchers }) =>
      matchers.filter(({ label }) => !known(metric).includes(label)).map(({ label }) => `${metric}{${label}}`),
    ),
    ...groupedBy.filter((label) => !grouped.includes(label)).map((label) => `by (${label})`),
  ];
}

const meanings = new Map(Object.entries(LABELS).map(([label, { values }]) => [label, values]));

/** Values a label with a closed set can never have. */
function impossibleValuesIn({ selectors }: Expression): readonly string[] {
  return selectors.flatMap(({ matchers }) =>
    matchers.flatMap(({ label, value }) => {
      const values = meanings.get(label);
      return values === undefined ? [] : value.split('|').filter((one) => !values.includes(one));
    }),
  );
}

describe('an expression', () => {
  it('is found out when it names what is not there', () => {
    const wrong = parseExpression(
      'sum by (nobody) (rate(fairlead_nothing{x="y"}[5m])) > 0 or fairlead_host_up{health="fine"}',
    );
    expect(strangersIn(wrong)).toEqual([
      'fairlead_nothing',
      'fairlead_nothing{x}',
      'fairlead_host_up{health}',
      'by (nobody)',
    ]);
    expect(impossibleValuesIn(wrong)).toEqual(['fine']);
    for (const broken of ['sum(up', 'up)', 'up{x=y}', 'nonsense(up)', 'up[5]', 'up ! 1'])
      expect(() => parseExpression(broken), broken).toThrow();
  });
});

describe('the alert rules', () => {
  it('name what they are about and how urgent it is', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations, for: wait } of rules) {
      expect(alert).toMatch(/^Fairlead[A-Z]\w+$/);
      expect(['page', 'ticket'], alert).toContain(labels['severity']);
      expect(annotations['summary'], alert).toMatch(/\S/);
      expect(wait ?? '0m', alert).toMatch(/^\d+m$/);
    }
  });

  it.each(rules)('$alert names metrics, labels and values there are', ({ expr, annotations }) => {
    const expression = parseExpression(expr);
    expect(expression.selectors).not.toEqual([]);
    expect(strangersIn(expression)).toEqual([]);
    expect(impossibleValuesIn(expression)).toEqual([]);
    const shown = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    const carried =
      expression.groupedBy.length > 0
        ? expression.groupedBy
        : expression.selectors.flatMap(({ metric }) => [...(series.get(metric) ?? []), ...OF_THE_SCRAPE]);
    expect(shown.filter((label) => !carried.includes(label))).toEqual([]);
  });

  it('watch everything a person is to be woken for', () => {
    const watched = new Set(rules.flatMap(({ expr }) => parseExpression(expr).selectors.map(({ metric }) => metric)));
    for (const { name } of [
      ...[METRICS.application, METRICS.hostUp, METRICS.passAge, METRICS.diskLow, METRICS.repositoryUp],
      ...[METRICS.appliedAge, METRICS.problems, METRICS.heldRemovals, METRICS.certificateEnd],
    ])
      expect([...watched]).toContain(name);
  });
});

describe('the board', () => {
  it.each(targets)('$expr names metrics, labels and values there are', ({ expr, legendFormat = '' }) => {
    const expression = parseExpression(expr);
    expect(strangersIn(expression)).toEqual([]);
    expect(impossibleValuesIn(expression)).toEqual([]);
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    const carried =
      expression.groupedBy.length > 0
        ? expression.groupedBy
        : expression.selectors.flatMap(({ metric }) => series.get(metric) ?? []);
    expect(shown.filter((label) => !carried.includes(label))).toEqual([]);
  });

  it('has room for every panel, and none upon another', () => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(board.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it('asks for the data source it is shown with', () => {
    expect(board.templating.list.map(({ name }) => name)).toEqual(['datasource']);
    expect(read('grafana-dashboard.json')).not.toMatch(/"uid": "(?!\$\{datasource\}|fairlead")/);
  });
});

describe('the configuration of Prometheus', () => {
  it('scrapes the default address, and follows rules that are there', () => {
    expect(parse(read('prometheus.yaml'))).toMatchObject({
      scrape_configs: [{ job_name: 'fairlead', static_configs: [{ targets: ['127.0.0.1:4646'] }] }],
      rule_files: ['alerts.yaml'],
    });
  });
});
