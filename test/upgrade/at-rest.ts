import type { DesiredContainer } from '../../src/model/desired.ts';
import { LABEL } from '../../src/model/names.ts';
import type { FakeContainer } from '../fakes/fake-container.ts';
import { isMade } from './laws.ts';
import { abortedOf, courseOf, type Course } from './oracle.ts';
import type { Moment, Simulation } from './simulation.ts';
import { roleOf, type TrueInstance } from './truth.ts';

/** What is wrong with a host that has come to rest, in words; [] when all is as it was to be. */
export function faultsAtRest(simulation: Simulation, failed: ReadonlyMap<string, string>): readonly string[] {
  const moment = simulation.moment();
  const course = courseOf(moment);
  const { plan } = simulation;
  const waits = isKeptWaiting(moment, course);
  return [
    ...(plan?.steps ?? []).map(({ id }) => `${id} is still to be done`),
    ...(waits ? [] : (plan?.later ?? []).map(({ step, waitingFor }) => `${step.id} still waits for ${waitingFor}`)),
    ...(waits ? [] : markersLeft(moment, course)),
    ...[...moment.instances.values()].flatMap((instance) => (waits ? [] : faultsOf(instance, course))),
    ...(waits ? [] : missing(moment, course)),
    ...unnoticed(moment, course, failed),
  ];
}

/**
 * Something of the new version that this upgrade did not make never becomes ready, so that nothing else may be taken
 * down: that is no failure of the upgrade, and nobody but the author can help.
 */
function isKeptWaiting({ instances }: Moment, course: Course): boolean {
  if (course.begun === undefined || course.rule?.method !== 'per-service') return false;
  const all = course.application.instances.flatMap(({ key }) => instances.get(key) ?? []);
  const isSick = (one: TrueInstance) => one.readySince === undefined && !course.isOld(one) && one.upgrade === '';
  return all.some(isSick) && all.some(course.isOld);
}

function markersLeft({ markers, desired }: Moment, { application }: Course): readonly string[] {
  const known = [abortedOf(markers, desired), abortedOf(markers, application)];
  return markers.filter((marker) => !known.some((one) => one === marker)).map(({ name }) => `marker ${name} is left`);
}

function faultsOf(instance: TrueInstance, course: Course): readonly string[] {
  const { key, containers } = instance;
  const wanted = course.application.instances.find((one) => one.key === key);
  if (course.isStopped && (wanted === undefined || course.isOld(instance))) return [];
  if (wanted === undefined) return [`${key} is not wished for`];
  const wishes = [wanted.sandbox, ...wanted.initContainers, ...wanted.containers];
  return [
    ...containers
      .filter((one) => !isAsWished(one, wishes))
      .map(({ name, status }) => `${name} is ${status} or another`),
    ...[wanted.sandbox, ...wanted.containers]
      .filter(({ name }) => !containers.some(({ desired }) => desired.name === name))
      .map(({ name }) => `${name} is not there`),
  ];
}

function isAsWished(container: FakeContainer, wishes: readonly DesiredContainer[]): boolean {
  const wish = wishes.find(({ name }) => name === container.name);
  if (wish?.configHash !== container.labels[LABEL.configHash]) return false;
  if (roleOf(container) !== 'init-container') return container.status === 'running';
  return container.status === 'exited' && container.exitCode === 0;
}

function missing({ instances }: Moment, { application, isStopped }: Course): readonly string[] {
  if (isStopped) return [];
  return application.instances.filter(({ key }) => !instances.has(key)).map(({ key }) => `${key} is not there`);
}

function unnoticed(
  { instances, markers }: Moment,
  course: Course,
  failed: ReadonlyMap<string, string>,
): readonly string[] {
  if (abortedOf(markers, course.application) !== undefined) return [];
  const all = [...instances.values()].filter((one) => isMade(one, course));
  return all.flatMap(({ sandbox }) => failed.get(sandbox?.id ?? '') ?? []).map((one) => `${one}, and nobody noticed`);
}
