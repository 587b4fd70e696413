import type { DesiredVolume } from './desired.ts';
import { LABEL, LABEL_PREFIX, type InstanceName, type Role } from './names.ts';
import type { Identity } from './observed.ts';

// Labels are how Fairlead finds its own things again (contract 3): written and read here and nowhere else.

/** On the lease: who holds it, in words. */
export const HOLDER_LABEL = `${LABEL_PREFIX}holder`;

export type Labels = Readonly<Record<string, string>>;

/** The labels of a container or network. What is '', 0 or undefined in the identity gets no label. */
export function toLabels(identity: Identity): Record<string, string> {
  const labels: Readonly<Record<string, string | undefined>> = {
    [LABEL.owner]: identity.owner,
    [LABEL.site]: identity.site,
    [LABEL.tenant]: identity.tenant,
    [LABEL.application]: identity.application,
    [LABEL.applicationVersion]: identity.applicationVersion,
    [LABEL.service]: identity.service,
    [LABEL.instance]: identity.index === 0 ? '' : String(identity.index),
    [LABEL.container]: identity.container,
    [LABEL.role]: identity.role,
    [LABEL.revision]: identity.revision,
    [LABEL.configHash]: identity.configHash,
    [LABEL.variables]: identity.variables,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([label, value]) => (value === undefined || value === '' ? [] : [[label, value]])),
  );
}

/** What everything made for an application is stamped with beside its own fields. */
export interface Stamp {
  readonly owner: string;
  readonly site: string;
  readonly revision: string;
  readonly version: string | undefined;
}

/** The labels of a volume: those of its instance's sandbox, and what it is itself. */
export function volumeLabels(volume: DesiredVolume, { version, ...of }: InstanceName & Stamp): Record<string, string> {
  const { configHash, kind, sizeBytes, hostVolume } = volume;
  return {
    ...toLabels({ ...of, applicationVersion: version, container: '', role: 'sandbox', configHash, variables: '' }),
    [LABEL.volume]: volume.volume,
    [LABEL.volumeKind]: kind,
    ...(sizeBytes === 0 ? {} : { [LABEL.volumeSize]: String(sizeBytes) }),
    ...(hostVolume === '' ? {} : { [LABEL.hostVolume]: hostVolume }),
  };
}

/** Of a network that applications of a tenant share, by what they call it; of an application's own there is none. */
export function sharedNetworkLabels(sharedNetwork: string | undefined): Labels {
  return sharedNetwork === undefined ? {} : { [LABEL.sharedNetwork]: sharedNetwork };
}

/** The labels of the container that is an owner's lease. It belongs to no application, so it reads back as no identity. */
export function leaseLabels(owner: string, holder: string): Record<string, string> {
  return { ...helperLabels(owner), [HOLDER_LABEL]: holder };
}

/** The labels of a container that helps the daemon itself. It reads back as no identity either. */
export function helperLabels(owner: string): Record<string, string> {
  return { [LABEL.owner]: owner, [LABEL.role]: 'helper' satisfies Role };
}

/**
 * The inverse of `toLabels`. Undefined unless the owner and everything the role calls for is there: what is half
 * labelled is not ours to touch.
 */
export function identityFromLabels(labels: Labels): Identity | undefined {
  const role = ROLES.find((known) => known === labels[LABEL.role]);
  if (role === undefined) return undefined;
  const identity: Identity = {
    owner: labels[LABEL.owner] ?? '',
    site: labels[LABEL.site] ?? '',
    tenant: labels[LABEL.tenant] ?? '',
    application: labels[LABEL.application] ?? '',
    applicationVersion: labels[LABEL.applicationVersion],
    service: labels[LABEL.service] ?? '',
    index: toIndex(labels[LABEL.instance]),
    container: labels[LABEL.container] ?? '',
    role,
    revision: labels[LABEL.revision] ?? '',
    configHash: labels[LABEL.configHash] ?? '',
    variables: labels[LABEL.variables] ?? '',
  };
  if (labels[LABEL.sharedNetwork] !== undefined) return isOfSharedNetwork(identity) ? identity : undefined;
  return isComplete(identity) ? identity : undefined;
}

const ROLES = ['container', 'init-container', 'sandbox', 'helper', 'marker'] as const satisfies readonly Role[];

function isComplete(identity: Identity): boolean {
  const { owner, site, tenant, application } = identity;
  if (owner === '' || site === '' || tenant === '' || application === '') return false;
  switch (identity.role) {
    case 'container':
    case 'init-container':
      return isOfInstance(identity) && identity.container !== '';
    case 'sandbox':
      return isOfInstance(identity) || isOfNetwork(identity);
    case 'helper':
    case 'marker':
      return true;
    default:
      identity.role satisfies never;
      return false;
  }
}

function isOfInstance(identity: Identity): boolean {
  return identity.service !== '' && identity.index > 0 && identity.configHash !== '';
}

/** An application network is stamped with the role of what it carries, and belongs to no instance. */
function isOfNetwork(identity: Identity): boolean {
  return identity.service === '' && identity.index === 0 && identity.configHash === '';
}

/** It belongs to a tenant and to none of its applications. */
function isOfSharedNetwork(identity: Identity): boolean {
  const { owner, site, tenant, application, role } = identity;
  const belongs = owner !== '' && site !== '' && tenant !== '' && application === '';
  return belongs && role === 'sandbox' && isOfNetwork(identity);
}

function toIndex(label: string | undefined): number {
  return label !== undefined && /^[1-9][0-9]{0,8}$/.test(label) ? Number(label) : 0;
}
