import type { ValidDocument } from '../model/catalog.ts';

type Application = ValidDocument<'application'>;

/** A circle as people read it: `db → web → db`; of a long one the beginning. */
export type Circle = readonly string[];

const SHOWN = 8;

/** The applications of each tenant that wait for themselves in the end, each with a shortest way round. */
export function findCircles(documents: readonly ValidDocument[]): ReadonlyMap<ValidDocument, Circle> {
  const tenants = new Map<string, Map<string, Application>>();
  for (const document of documents) {
    if (document.kind !== 'application' || needsOf(document).length === 0) continue;
    const ofTenant = tenants.get(document.tenant) ?? new Map<string, Application>();
    tenants.set(document.tenant, ofTenant.set(document.name, document));
  }
  return new Map([...tenants.values()].flatMap(circlesOf));
}

/** What is told at each of them. */
export function circleSentence(circle: Circle): string {
  const shown = circle.length > SHOWN ? [...circle.slice(0, SHOWN), '…', ...circle.slice(-1)] : circle;
  return (
    `depends-on: it depends on itself in the end, ${shown.join(' → ')}, so none of these could be started; ` +
    'take one of them out of the `depends-on` of the one before it'
  );
}

function needsOf({ spec }: Application): readonly string[] {
  return spec['depends-on'] ?? [];
}

function circlesOf(applications: ReadonlyMap<string, Application>): readonly (readonly [Application, Circle])[] {
  return [...withoutEnds(applications).values()].flatMap((document) => {
    const circle = wayRound(document, applications);
    return circle === undefined ? [] : [[document, circle] as const];
  });
}

/** Without those that lead to nothing: what is left is in a circle, or leads to one. */
function withoutEnds(applications: ReadonlyMap<string, Application>): ReadonlyMap<string, Application> {
  const left = new Map(applications);
  for (let size = Infinity; left.size < size;) {
    size = left.size;
    for (const [name, document] of left) if (!needsOf(document).some((needed) => left.has(needed))) left.delete(name);
  }
  return left;
}

/** The shortest way from an application back to itself; undefined: there is none. */
function wayRound({ name: start }: Application, all: ReadonlyMap<string, Application>): Circle | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    const document = all.get(name);
    for (const needed of document === undefined ? [] : needsOf(document)) {
      if (needed === start) return [...way(cameFrom, start, name), start];
      if (cameFrom.has(needed) || !all.has(needed)) continue;
      cameFrom.set(needed, name);
      queue.push(needed);
    }
  }
  return undefined;
}

function way(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const back = [end];
  for (let name = end; name !== start; back.push(name)) name = cameFrom.get(name) ?? start;
  return back.reverse();
}
