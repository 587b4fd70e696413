import { METRICS } from '../../src/metrics/definitions.ts';
import { LABELS, type LabelMeaning } from '../../src/metrics/labels.ts';

const HEAD = `# Metrics

\`GET /metrics\`, in the text format of Prometheus (0.0.4). Made from \`src/metrics/definitions.ts\` by \`npm run generate\`.

- **No token is needed**, as for \`/healthz\`: whoever reaches the address reads the names of tenants, applications,
  deployments, sites and hosts, versions, and numbers. Nothing of a specification, no image, no commit, no path, no secret.
  \`--listen\` is this machine alone unless told otherwise; where the address is open to tenants who must not know of one
  another, let a proxy keep \`/metrics\` from them.
- **A scrape asks nobody.** The gauges follow from the snapshot that the state API serves; neither Docker nor git is called.
  Two scrapes within a second get the same text. With 1,000 applications of 10 instances it has 5,300 lines and half a
  megabyte and takes 20 to 40 ms to make, on the machine \`bench/metrics.ts\` was run on.
- **The number of series is bounded**: five for an application, seven for a host, and what the code can do. Nothing has a
  label for an instance, a container, a commit or what a client sent.
- **Of the process** it serves what Prometheus clients serve: \`process_cpu_seconds_total\`,
  \`process_resident_memory_bytes\`, \`process_open_fds\`, \`process_start_time_seconds\`, \`nodejs_eventloop_lag_p99_seconds\`,
  \`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\` and their like.
- What is counted begins with 0 at each start of the daemon; ages of revisions, too.

Rules for alerts and a board for Grafana are ready in
[examples/monitoring](../examples/monitoring/README.md). Beside a histogram \`X\` there are \`X_bucket\` (with the label \`le\`),
\`X_sum\` and \`X_count\`.
`;

/** docs/metrics.md: a row for each metric and each label. */
export function metricsPage(): string {
  const metrics = Object.values(METRICS).map(({ name, kind, labels, help }) =>
    row([`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), help]),
  );
  const labels = Object.entries(LABELS).map(([name, label]) => row([`\`${name}\``, meaningOf(label)]));
  return [
    ...[HEAD, '\n## Metrics\n\n', row(['metric', 'type', 'labels', 'meaning']), row(['---', '---', '---', '---'])],
    ...[...metrics, '\n## Labels\n\n', row(['label', 'what stands in it']), row(['---', '---']), ...labels],
  ].join('');
}

function meaningOf({ meaning, values }: LabelMeaning): string {
  return values === undefined ? meaning : `${meaning}. One of ${values.map((value) => `\`${value}\``).join(', ')}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}
