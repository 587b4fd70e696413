import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CounterDefinition, GaugeDefinition, HistogramDefinition } from './definitions.ts';

// From a definition to what counts. Always in a registry of its own: the library's global one is never used.

export function openGauge<L extends string>(registry: Registry, { name, help, labels }: GaugeDefinition<L>): Gauge<L> {
  return new Gauge({ name, help, labelNames: labels, registers: [registry] });
}

export function openCounter<L extends string>(
  registry: Registry,
  { name, help, labels }: CounterDefinition<L>,
): Counter<L> {
  return new Counter({ name, help, labelNames: labels, registers: [registry] });
}

/** In seconds. */
export function openHistogram<L extends string>(
  registry: Registry,
  { name, help, labels, buckets }: HistogramDefinition<L>,
): Histogram<L> {
  return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] });
}
