import { createHash, randomUUID } from 'node:crypto';
import type { Delivery } from '../../journal/look-action.ts';
import type { RunDocument } from '../../journal/run-document.ts';
import { createAllowance, type Allowance } from './allowance.ts';
import type { ForgeEvent, ForgeName, HeaderOf } from './forge.ts';
import { FORGE } from './forges.ts';
import { judge, type Followed, type Judgement } from './judge.ts';
import { createMemory, MOST_BODY_BYTES, parsePayload, readBody, type Memory, type ReadBody } from './read-body.ts';
import type { WebhookSecrets } from './secrets-file.ts';
import { checkBody, holderOfToken, isTimely, TIMELY_S, type WebhookSecret } from './signature.ts';

/** A webhook as it arrives. */
export interface Arrival {
  readonly forge: ForgeName;
  readonly header: HeaderOf;
  /** Of whoever sends it. */
  readonly address: string;
}

/** Why a delivery is not taken. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 409 | 413 | 429;
  /** What is wrong and how to mend it, for whoever looks at the delivery on the pages of the forge. */
  readonly message: string;
  readonly retryAfterS?: number;
}

export type Received = { readonly run: RunDocument } | { readonly refusal: Refusal };

/** Takes webhooks of every kind (contract 5.3). */
export interface WebhookReceiver {
  /** Why one is refused whatever its body says; undefined: the body is to be read. */
  refuse(arrival: Arrival): Promise<Refusal | undefined>;
  /** Reads the body, and sets in motion what it asks for. */
  receive(arrival: Arrival, body: AsyncIterable<Uint8Array>): Promise<Received>;
}

export interface ReceiverOptions {
  /** As they are known now. */
  readonly secrets: () => Promise<WebhookSecrets>;
  readonly followed: Followed;
  readonly deliver: (delivery: Delivery) => Promise<RunDocument>;
  /** ms since the epoch */
  readonly now: () => number;
  /** Told of what is refused, for the log: never a secret, and of a flood the first alone. */
  readonly onRefusal: (arrival: Pick<Arrival, 'forge' | 'address'>, refusal: Refusal) => void;
  readonly allowance?: Allowance;
}

const MEMORY_BYTES = 32 * 1024 * 1024;

export function createWebhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const { onRefusal, allowance = createAllowance(() => performance.now()) } = options;
  const memory = createMemory(MEMORY_BYTES);

  /** Everything that is wrong is told, and counts against the address. */
  function refused(arrival: Arrival, refusal: Refusal): Refusal {
    if (refusal.status === 401) allowance.failed(arrival.address);
    onRefusal(arrival, refusal);
    return refusal;
  }

  return {
    async refuse(arrival) {
      const wait = allowance.look(arrival.forge, arrival.address);
      if (wait !== undefined) {
        const refusal = tooMany(wait.waitMs);
        if (wait.isNew) onRefusal(arrival, refusal);
        return refusal;
      }
      const secrets = (await options.secrets())[arrival.forge];
      const refusal = refusalByHead(arrival, secrets, options.now());
      return refusal && refused(arrival, refusal);
    },
    async receive(arrival, body) {
      const found = await examine(arrival, body, { ...options, memory });
      if ('status' in found) return { refusal: refused(arrival, found) };
      allowance.succeeded(arrival.forge);
      return { run: await options.deliver(found) };
    },
  };
}

function tooMany(waitMs: number): Refusal {
  const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000));
  return { status: 429, message: `too many deliveries; try again in ${retryAfterS} s`, retryAfterS };
}

/** What can be told without the body. */
function refusalByHead(
  { forge, header }: Arrival,
  secrets: readonly WebhookSecret[],
  now: number,
): Refusal | undefined {
  if (secrets.length === 0)
    return { status: 403, message: `no secret is configured for ${forge}; name one in the file of --webhooks` };
  if (Number(header('content-length') ?? 0) > MOST_BODY_BYTES) return TOO_LARGE;
  const { title, expected, proofs } = FORGE[forge];
  const given = proofs(header);
  if (given.length === 0)
    return { status: 401, message: `there is no proof that this comes from ${title}: expected ${expected}` };
  const timely = given.filter((proof) => isTimely(proof, now));
  if (timely.length === 0)
    return { status: 401, message: `it was signed more than ${TIMELY_S} s from now; clocks may differ by that much` };
  if (holderOfToken(timely, secrets) !== undefined) return undefined;
  return timely.some(({ kind }) => kind === 'signature') && hasKey(secrets) ? undefined : UNKNOWN;
}

const TOO_LARGE: Refusal = { status: 413, message: `the body is larger than ${MOST_BODY_BYTES / 1024 / 1024} MiB` };
const UNKNOWN: Refusal = { status: 401, message: 'no secret that is configured here fits this delivery' };

function hasKey(secrets: readonly WebhookSecret[]): boolean {
  return secrets.some(({ key }) => key !== undefined);
}

/** What a delivery asks for, when it is genuine; else why it is refused. */
async function examine(
  arrival: Arrival,
  body: AsyncIterable<Uint8Array>,
  { secrets: secretsNow, now, followed, memory }: ReceiverOptions & { readonly memory: Memory },
): Promise<Delivery | Refusal> {
  const { forge, header } = arrival;
  const secrets = (await secretsNow())[forge];
  const proofs = FORGE[forge].proofs(header).filter((proof) => isTimely(proof, now()));
  const check = checkBody(proofs, secrets);
  const read = await readBody(body, { check, memory });
  if (read.kind === 'too-large') return TOO_LARGE;
  if (read.kind === 'broken-off') return { status: 400, message: 'the body broke off' };
  const holder = holderOfToken(proofs, secrets) ?? check.holder();
  if (holder === undefined) return UNKNOWN;
  const event = toEvent(arrival, read);
  if ('status' in event) return event;
  const judgement = judge(event, followed, holder.anyRepository);
  if (judgement.kind === 'elsewhere') return { status: 409, message: judgement.message };
  return { trigger: forge, secretName: holder.name, digest: digestOf(arrival, read), end: endOf(judgement) };
}

function toEvent({ forge, header }: Arrival, { bytes }: Extract<ReadBody, { kind: 'read' }>): ForgeEvent | Refusal {
  const { event } = FORGE[forge];
  if (bytes === undefined) return event(header, undefined);
  const payload = parsePayload(bytes, header('content-type') ?? '');
  if (payload !== 'unreadable') return event(header, payload.value);
  if (forge === 'generic') return event(header, undefined);
  return { status: 400, message: 'the body is no JSON; choose the content type application/json for the webhook' };
}

/** The body is a part of it, so that a name alone, which forges do not sign, takes no other delivery’s place. */
function digestOf({ forge, header }: Arrival, { digest }: Extract<ReadBody, { kind: 'read' }>): string {
  const { deliveryId, bodyTellsApart } = FORGE[forge];
  const id = deliveryId(header);
  const unique = id === '' && !bodyTellsApart ? randomUUID() : id;
  return createHash('sha256')
    .update(JSON.stringify([forge, unique, digest]))
    .digest('hex');
}

function endOf(judgement: Exclude<Judgement, { kind: 'elsewhere' }>): Delivery['end'] {
  if (judgement.kind === 'look') return undefined;
  return { outcome: judgement.kind === 'ping' ? 'succeeded' : 'cancelled', reason: judgement.reason };
}
