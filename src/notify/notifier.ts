import type { FollowedFile } from '../followed-file.ts';
import { pause, type Bell } from '../reconcile/bell.ts';
import {
  changes,
  keyOf,
  withoutStatuses,
  withUndelivered,
  withoutUndelivered,
  type Changes,
  type Memory,
  type Told,
} from './changes.ts';
import { deliverNotice, deliverStatus } from './deliver.ts';
import type { Letter } from './letter.ts';
import type { NotifiedFile } from './notified-file.ts';
import { STATUS_LANE, type Notifications } from './notifications-file.ts';
import { createOutbox, DeliveryError, type Delivery } from './outbox.ts';
import type { RevisionReport } from './report.ts';

export interface NotifierOptions {
  readonly settings: FollowedFile<Notifications>;
  readonly file: NotifiedFile;
  /** Rung when something may have moved. */
  readonly moved: Bell;
  /** What there is to tell, of one site, the newest commit first; none before everything was seen. */
  readonly reports: () => readonly RevisionReport[];
  /** When the reports may change by the clock alone, ms since the epoch. */
  readonly ripensAt: () => number | undefined;
  readonly now: () => number;
  readonly onEnd: (target: string, end: { readonly outcome: Delivery; readonly reason: string }) => void;
  readonly onTrouble: (target: string, reason: string) => void;
}

const JUDGE_EVERY_MS = 1_000;

/** Tells the forge and people what became of commits, until `signal` aborts. Nothing waits for it. */
export async function runNotifier(options: NotifierOptions, signal: AbortSignal): Promise<void> {
  const { settings, file, moved, now, onEnd, onTrouble } = options;
  const { told, waiting } = await file.recall();
  let memory: Memory = { told: withoutUndelivered(told), seen: {} };
  let known = await settings.current();
  const outbox = createOutbox<Letter>({
    send: async (target, letter, until) => send(await settings.current(), { target, letter, now: now() }, until),
    onEnd(target, { report }, end) {
      if (end.outcome !== 'delivered' && target === STATUS_LANE)
        memory = { ...memory, told: withUndelivered(memory.told, report) };
      keep();
      onEnd(target, end);
    },
    ...{ onTrouble, now, signal },
  });
  const keep = () => file.keep(() => ({ told: memory.told, waiting: outbox.waiting() }));
  const put = (target: string, letter: Letter) => outbox.put(target, letter);
  for (const [target, letters] of Object.entries(waiting)) for (const letter of letters) put(target, letter);

  let wakeAt: number | undefined = now();
  while (await moved.wait(wakeAt === undefined ? undefined : wakeAt - now(), signal)) {
    const current = await settings.current();
    if (current !== known) memory = { ...memory, told: whatStillCounts(memory.told, known, current) };
    known = current;
    const before = memory.told;
    const everything = changes(memory, options.reports(), now());
    const found = current.status === undefined ? withoutStatuses(everything, before) : everything;
    memory = found.memory;
    address(found, current, now()).forEach(([target, letter]) => put(target, letter));
    if (memory.told !== before) keep();
    wakeAt = earliest(found.wakeAt, options.ripensAt());
    await pause(JUDGE_EVERY_MS, signal);
  }
  await outbox.ended();
  await file.written();
}

/** Another forge or repository has been told nothing. */
function whatStillCounts(told: Told, former: Notifications, current: Notifications): Told {
  const isSame = JSON.stringify(former.status) === JSON.stringify(current.status);
  return isSame ? withoutUndelivered(told) : { ...told, statuses: {} };
}

/** Who gets what. */
function address(
  { statuses, notices }: Changes,
  settings: Notifications,
  at: number,
): readonly (readonly [string, Letter])[] {
  const toForge = settings.status === undefined ? [] : statuses;
  return [
    ...toForge.map((report) => [STATUS_LANE, { key: keyOf(report), report, event: undefined, at }] as const),
    ...notices.flatMap(({ event, report }) => {
      const listeners = settings.notices.filter(({ on }) => on.includes(event));
      return listeners.map(({ name }) => [name, { key: keyOf(report), report, event, at }] as const);
    }),
  ];
}

interface Sending {
  readonly target: string;
  readonly letter: Letter;
  readonly now: number;
}

/** @throws DeliveryError */
async function send({ status, notices }: Notifications, { target, letter, now }: Sending, signal: AbortSignal) {
  const { event, report, at } = letter;
  if (event === undefined) {
    if (status !== undefined) return deliverStatus(status, report, signal);
  } else {
    const listener = notices.find(({ name }) => name === target);
    if (listener !== undefined)
      return deliverNotice(listener, { event, report, at }, { link: status?.link, now, signal });
  }
  throw new DeliveryError('it is no longer configured', undefined);
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
