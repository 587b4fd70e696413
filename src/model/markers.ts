import { LABEL, applicationKey, type Role } from './names.ts';
import type { Labels } from './labels.ts';

// Markers: facts that no label of a container can hold (contract 3). Each is an empty volume on the engine, written
// before the fact takes effect and never changed, so that whoever carries on after a crash knows what was known.

interface MarkerFields {
  /** A coordinated upgrade has begun: there until everything has been ready for its healthy-time. */
  upgrade: {
    /** `DesiredApplication.target` */
    readonly target: string;
    /** The version it goes to, '' for none. */
    readonly to: string;
    /** Versions that ran when it began, '' for none; sorted. */
    readonly from: readonly string[];
    /** On the sandboxes made in it, and on no other: the same target may have been upgraded to before. */
    readonly stamp: string;
    /** By the clock of the daemon that began it. */
    readonly at: number;
  };
  /** That target failed: nothing more is upgraded to it. */
  'upgrade-aborted': {
    readonly target: string;
    readonly to: string;
    readonly from: readonly string[];
    /** A sentence without a full stop: `web-1: main ended with exit code 3`. */
    readonly reason: string;
    readonly at: number;
  };
  /** The containers of this sandbox are what is left of an instance that has been succeeded or is gone. */
  lingering: { readonly sandboxId: string; readonly at: number };
  /** They have been told to come to their end. */
  'shutdown-asked': { readonly sandboxId: string; readonly at: number };
  /** Somebody asked for the instance of this sandbox to be made anew. */
  restart: { readonly sandboxId: string; readonly at: number; readonly delayed: boolean };
  /** Fairlead brought this image to the host, so it may take it away again. */
  'pulled-image': { readonly image: string; readonly at: number };
}

export type MarkerKind = keyof MarkerFields;

/** What a marker says. `tenant` and `application` are '' where it is about the host. Times are ms since the epoch. */
export type Marker = {
  [K in MarkerKind]: { readonly kind: K; readonly tenant: string; readonly application: string } & MarkerFields[K];
}[MarkerKind];
export type MarkerOf<K extends MarkerKind> = Extract<Marker, { kind: K }>;

/** A version as people read it. */
export function versionName(version: string): string {
  return version === '' ? '(none)' : version;
}

/** One that is on the engine. */
export type ObservedMarker<K extends MarkerKind = MarkerKind> = MarkerOf<K> & {
  /** Of its volume. */
  readonly name: string;
  readonly owner: string;
};

/** `acme.shop_upgrade_4f0c…`: an underscore stands in no other name, so a marker's is told from any volume's. */
export function markerName(marker: Marker, owner: string): string {
  const place = marker.application === '' ? `fairlead.${owner}` : applicationKey(marker);
  return `${place}_${marker.kind}_${subjectOf(marker)}`;
}

export function isMarkerName(volume: string): boolean {
  return volume.includes('_');
}

/** What there is at most one marker of a kind about. */
function subjectOf(marker: Marker): string {
  switch (marker.kind) {
    case 'upgrade':
    case 'upgrade-aborted':
      return marker.target;
    case 'lingering':
    case 'shutdown-asked':
    case 'restart':
      return marker.sandboxId.slice(0, 12);
    case 'pulled-image':
      // Volume names take letters, digits, `_`, `.` and `-`.
      return marker.image.replaceAll(/[^a-zA-Z0-9.-]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}`);
    default:
      return marker satisfies never;
  }
}

/** The labels of the volume that is this marker. */
export function markerLabels(marker: Marker, stamp: { readonly owner: string; readonly site: string }): Labels {
  const { kind, tenant, application, ...facts } = marker;
  const place = application === '' ? {} : { [LABEL.tenant]: tenant, [LABEL.application]: application };
  return {
    [LABEL.owner]: stamp.owner,
    [LABEL.site]: stamp.site,
    ...place,
    [LABEL.role]: 'marker' satisfies Role,
    [LABEL.marker]: kind,
    [LABEL.markerFacts]: JSON.stringify(facts),
  };
}

type FieldType = 'text' | 'texts' | 'number' | 'flag';

const FIELDS: { readonly [K in MarkerKind]: Readonly<Record<keyof MarkerFields[K], FieldType>> } = {
  upgrade: { target: 'text', to: 'text', from: 'texts', stamp: 'text', at: 'number' },
  'upgrade-aborted': { target: 'text', to: 'text', from: 'texts', reason: 'text', at: 'number' },
  lingering: { sandboxId: 'text', at: 'number' },
  'shutdown-asked': { sandboxId: 'text', at: 'number' },
  restart: { sandboxId: 'text', at: 'number', delayed: 'flag' },
  'pulled-image': { image: 'text', at: 'number' },
};

/** undefined: no marker, or not one that this Fairlead could have written. */
export function markerFromLabels(name: string, labels: Labels): ObservedMarker | undefined {
  const kind = KINDS.find((known) => known === labels[LABEL.marker]);
  const owner = labels[LABEL.owner] ?? '';
  if (kind === undefined || owner === '' || labels[LABEL.role] !== 'marker') return undefined;
  const facts = parseFacts(labels[LABEL.markerFacts]);
  if (facts === undefined) return undefined;
  const fields: Readonly<Record<string, FieldType>> = FIELDS[kind];
  if (Object.entries(fields).some(([field, type]) => !isOfType(facts[field], type))) return undefined;
  const place = { tenant: labels[LABEL.tenant] ?? '', application: labels[LABEL.application] ?? '' };
  return { name, owner, kind, ...place, ...facts } as ObservedMarker;
}

const KINDS = Object.keys(FIELDS) as readonly MarkerKind[];

function parseFacts(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const facts: unknown = JSON.parse(text ?? '');
    return typeof facts === 'object' && facts !== null ? (facts as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isOfType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    default:
      return type satisfies never;
  }
}
