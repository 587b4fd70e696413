import type { EarlierText } from '../upgrade/earlier-text.ts';
import { keptTexts } from '../upgrade/kept-texts.ts';
import type { Hold } from '../upgrade/hold.ts';
import type { ApplicationFacts } from './application-state.ts';
import type { InstanceState } from './documents.ts';
import { holdSentence } from './hold-state.ts';
import { instanceState } from './instance-state.ts';
import { observedInstanceState } from './observed-instance-state.ts';
import { instanceProgress } from './upgrade-state.ts';

type Desired = NonNullable<ApplicationFacts['desired']>;

/**
 * The instances of an application that has to wait: those it is kept with, each as its own text wants it, and whatever
 * else of it runs. One that waits to be started is listed, unless its specification says that it is not to be.
 */
export function heldInstances(facts: ApplicationFacts, desired: Desired, hold: Hold): readonly InstanceState[] {
  const { earlier, observed, host, now } = facts;
  if (hold.waiting === 'start') {
    const all = desired.instances.map((instance) => ({ application: desired, instance }));
    return hold.cause === 'suspended'
      ? []
      : all.map((text) => ({ ...kept(text, facts), progress: holdSentence(hold) }));
  }
  const texts = keptTexts({ desired, goal: desired, earlier, observed, hold, ongoing: [] });
  const known = new Set(texts.map(({ instance }) => instance.key));
  const others = Object.values(observed?.instances ?? {}).filter(({ key }) => !known.has(key));
  const states = [
    ...texts.map((text) => kept(text, facts)),
    ...others.flatMap((one) =>
      observed === undefined
        ? []
        : [observedInstanceState({ application: observed.name, observed: one, volumes: observed.volumes, host, now })],
    ),
  ];
  return states.sort((a, b) => rankOf(a, desired) - rankOf(b, desired) || (a.name < b.name ? -1 : 1));
}

function kept(
  { application, instance }: EarlierText,
  { observed, inForce, host, failures, upgrade, now }: ApplicationFacts,
): InstanceState {
  return instanceState({
    application,
    desired: instance,
    observed: observed?.instances[instance.key],
    volumes: observed?.volumes ?? [],
    spec: inForce?.document.spec.services.find(({ name }) => name === instance.name.service),
    host,
    failures,
    progress: upgrade && instanceProgress(upgrade, instance.key, now),
    stays: true,
    now,
  });
}

/** In the order of the specification; what it does not have comes last. */
function rankOf({ name }: InstanceState, { instances }: Desired): number {
  const index = instances.findIndex((one) => `${one.name.service}-${one.name.index}` === name);
  return index < 0 ? instances.length : index;
}
