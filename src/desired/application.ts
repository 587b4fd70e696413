import type { ApplicationSpec, SecretKeySpec, ServiceSpec } from '../model/application-spec.ts';
import type { DocumentInForce } from '../model/catalog.ts';
import type { DesiredApplication, DesiredInstance, UnplacedInstance } from '../model/desired.ts';
import { applicationKey, instanceKey, sharedNetworkName, type ApplicationName } from '../model/names.ts';
import { findSecret } from '../model/secret-values.ts';
import type { SignatureDemand } from '../model/signature-demand.ts';
import type { SiteHost } from '../model/site-host.ts';
import { matchesHost, placeInstance } from '../placement/place-instance.ts';
import { configHash, hexDigest } from './hash.ts';
import { desiredInstance, hashInstance } from './instance.ts';
import type { InstanceContext } from './instance-context.ts';
import { hashSecrets, onVariableChange } from './mutable-variables.ts';
import type { SiteContext } from './site-context.ts';
import { desiredUpgrades } from './upgrades.ts';

/**
 * The instances of an application on one host, from its validated specification.
 */
export function desiredApplication(
  inForce: DocumentInForce<'application'>,
  site: SiteContext,
  { refused, signatures }: Verdict = UNRESTRICTED,
): DesiredApplication {
  const { tenant, name: application, spec } = inForce.document;
  const name: ApplicationName = { tenant, application };
  const network = networkOf(name, spec);
  const { version, labels: userLabels = {} } = spec;
  const shared = { name, version, userLabels, site, network, onVariableChange: onVariableChange(spec) };
  const services = spec.services.map((service) => desiredService(service, shared));
  const instances = services.flatMap((one) => one.instances);
  const unplaced = services.flatMap((one) => one.unplaced);
  return {
    key: applicationKey(name),
    name,
    version,
    revision: inForce.revision,
    network,
    instances,
    unplaced,
    refused,
    signatures,
    specHash: inForce.document.specHash,
    secretsHash: hashSecrets(spec, name, site.secrets),
    target: targetOf(inForce.document.specHash, instances),
    upgradeFrom: desiredUpgrades(spec['upgrade-from'] ?? []),
    dependsOn: (spec['depends-on'] ?? []).map((needed) => applicationKey({ tenant, application: needed })),
    hash: configHash([
      ...instances.map(hashInstance),
      ...unplaced.map(({ key, reason }) => [key, reason]),
      ...signatures.map(({ rule, keys }) => [rule, ...keys.map(({ id }) => id)]),
    ]),
  };
}

/** What the policies say of a text. */
export type Verdict = Pick<DesiredApplication, 'refused' | 'signatures'>;

const NO_DEMANDS: readonly SignatureDemand[] = [];
const UNRESTRICTED: Verdict = { refused: undefined, signatures: NO_DEMANDS };

/** The values of variables are part of it where it takes an upgrade to bring them. */
function targetOf(specHash: string, instances: readonly DesiredInstance[]): string {
  const upgraded = instances.filter(({ variables }) => variables.onChange === 'upgrade');
  const hashes = new Set(upgraded.map(({ variables }) => variables.hash).filter((hash) => hash !== ''));
  return hexDigest([specHash, ...[...hashes].sort()].join(' '));
}

/** Its own, or the one its tenant's applications of this wish share. */
function networkOf(name: ApplicationName, { network }: ApplicationSpec): string {
  const shared = network?.['shared-application-network'];
  return shared === undefined ? applicationKey(name) : sharedNetworkName(name.tenant, shared);
}

/** What the services of an application share. */
type ApplicationContext = Omit<InstanceContext, 'name' | 'service' | 'placed'> & { readonly name: ApplicationName };

interface DesiredService {
  readonly instances: readonly DesiredInstance[];
  readonly unplaced: readonly UnplacedInstance[];
}

function desiredService(service: ServiceSpec, shared: ApplicationContext): DesiredService {
  const { name, site } = shared;
  const isDelivered = (secret: SecretKeySpec) => findSecret(site.secrets, name.tenant, secret) !== undefined;
  const placement = placeInstance(service, site.host, isDelivered);
  const names = indexes(service, site.host).map((index) => ({ ...name, service: service.name, index }));
  if (placement.kind === 'placed') {
    const instances = names.map((one) => desiredInstance({ ...shared, name: one, service, placed: placement }));
    return { instances, unplaced: [] };
  }
  const unplaced = names.map((one) => ({ key: instanceKey(one), name: one, reason: placement.reason, stays: false }));
  return { instances: [], unplaced };
}

/** 1 … replicas (contract 3: the smallest free number first, scale-down removes the highest). */
function indexes(service: ServiceSpec, host: SiteHost): readonly number[] {
  // One on every host that matches, so none where the host does not: that is no failure.
  if (service.mode === 'one-per-matching-host') return matchesHost(service, host) ? [1] : [];
  return Array.from({ length: service.replicas ?? 1 }, (_, index) => index + 1);
}
