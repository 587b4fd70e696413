import { headlineOf, type FairleadEvent } from '../events.ts';
import { versionName } from '../model/markers.ts';
import type { Step } from '../model/plan.ts';
import { formatRoughly } from '../status/format.ts';
import type { EventFacts } from '../status/event-document.ts';
import { fromNames } from '../status/upgrade-state.ts';

// The daemon's story in the keys of the API. Pure translation: nothing is decided here.

/** What of an event the API tells, in the words of the log and the plan. */
export function toEventFacts(event: FairleadEvent): EventFacts {
  switch (event.kind) {
    case 'step-done':
    case 'step-failed':
      return { type: event.kind, host: event.host, ...placeOf(event.step), message: messageOf(event) };
    case 'upgrade':
      return {
        type: `upgrade-${event.transition}`,
        host: event.host,
        ...namesOf(event.application),
        message: messageOf(event),
      };
    case 'removal-held':
    case 'application-waits':
    case 'application-goes-on':
      return { type: event.kind, host: event.host, ...namesOf(event.application), message: messageOf(event) };
    case 'revision-fetched':
    case 'revision-refused':
      return { type: event.kind, message: messageOf(event), revision: event.revision };
    case 'converged':
      return { type: event.kind, host: event.host, message: messageOf(event), revision: event.revision };
    case 'repository-failed':
    case 'history-failed':
      return { type: event.kind, message: messageOf(event) };
    default:
      return { type: event.kind, host: event.host, message: messageOf(event) };
  }
}

function messageOf(event: FairleadEvent): string {
  const headline = headlineOf(event);
  switch (event.kind) {
    case 'step-done':
      return `${event.step.id}: ${event.step.reason}`;
    case 'step-failed':
      return `${event.step.id} failed: ${event.error}${event.tries > 1 ? ` (try ${event.tries})` : ''}`;
    case 'upgrade':
      return `${headline}: ${upgradeWords(event)}`;
    case 'revision-fetched':
      return `${headline}: ${event.revision}${fetchWords(event)}`;
    case 'removal-held':
    case 'application-waits':
      return `${headline}: ${event.reason}`;
    case 'revision-refused':
    case 'repository-failed':
    case 'history-failed':
    case 'host-down':
      return `${headline}: ${event.error}`;
    case 'host-up':
      return `${headline}: ${event.engine}`;
    case 'application-goes-on':
    case 'lease-acquired':
      return headline;
    case 'lease-awaited':
      return `${headline}: ${event.holder}`;
    case 'space-low':
    case 'space-ample':
      return `${headline}: ${formatRoughly(event.freeBytes)} of ${formatRoughly(event.totalBytes)} are free`;
    case 'converged':
      return `${headline}: ${event.revision}`;
    default:
      return event satisfies never;
  }
}

/** `version 1.0 → 2.0, batch 2 of 4: why` */
function upgradeWords({ from, to, batch, batches, reason }: Extract<FairleadEvent, { kind: 'upgrade' }>): string {
  const place = batch === 0 ? '' : `, batch ${batch} of ${batches}`;
  return `version ${fromNames(from)} → ${versionName(to)}${place}${reason === '' ? '' : `: ${reason}`}`;
}

function fetchWords({ forced, problems }: Extract<FairleadEvent, { kind: 'revision-fetched' }>): string {
  const rewritten = forced ? ', history was rewritten' : '';
  return `${rewritten}${problems === 0 ? '' : `, ${problems} ${problems === 1 ? 'problem' : 'problems'}`}`;
}

type Place = Pick<EventFacts, 'tenant' | 'application' | 'service-instance' | 'container'>;

/** Neither part of `acme.shop` holds a dot (contract 2). */
function namesOf(application: string): Place {
  const [tenant = '', name = ''] = application.split('.');
  return tenant === '' || name === '' ? {} : { tenant, application: name };
}

/** A step on an instance has the instance's key for its target; one on what several share is nobody's alone. */
function placeOf({ application, target, action }: Step): Place {
  const prefix = `${application}.`;
  if (application === '' || !target.startsWith(prefix)) return namesOf(application);
  const container = containerOf(action, target);
  return {
    ...namesOf(application),
    'service-instance': target.slice(prefix.length),
    ...(container === undefined ? {} : { container }),
  };
}

/** The name inside its instance of the container an action is about; undefined: of none, or of the sandbox. */
function containerOf(action: Step['action'], instance: string): string | undefined {
  switch (action.kind) {
    case 'create-container':
      return action.container.role === 'sandbox' ? undefined : action.container.container;
    case 'start-container':
    case 'stop-container':
    case 'remove-container':
    case 'unpause-container':
    case 'update-container':
      return action.name.startsWith(`${instance}.`) ? action.name.slice(instance.length + 1) : undefined;
    default:
      return undefined;
  }
}
