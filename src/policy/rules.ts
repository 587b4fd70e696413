import type { GovernedKind } from '../model/governed-field.ts';
import type { TenantRulesSpec } from '../model/policy-spec.ts';
import { quote } from '../spec/finding.ts';
import { allowsHostPorts } from './host-ports.ts';
import { fullImageName, isFrom, isWithin } from './registries.ts';
import { wantsDigest } from './signature-demands.ts';

/** A rule of a policy over single values of an application. */
export interface Rule {
  /** Where it stands in a policy: section and key. */
  readonly section: 'images' | 'containers' | 'resources' | 'quotas';
  readonly key: string;
  /** Why there is such a rule. */
  readonly why: string;
  readonly governs: GovernedKind;
  /** Why a value does not keep to it, and how to mend that; undefined when it does, or nothing is said. */
  readonly complaint: (value: string, rules: TenantRulesSpec) => Complaint | undefined;
}

/** Two parts of a sentence, the name of the rule goes between them: `… is not allowed by RULE; …`. */
export interface Complaint {
  readonly what: string;
  readonly mend: string;
}

/** Each looks by itself: what does not keep to several is told of each. */
export const RULES: readonly Rule[] = [
  {
    section: 'images',
    key: 'registries',
    why: 'Who may put an image into a registry runs code on the host.',
    governs: 'image',
    complaint: (image, { images }) =>
      images?.registries?.some((registry) => isFrom(image, registry)) === false
        ? {
            what: `${shownImage(image)} is not from a registry that is allowed`,
            mend: oneOf('use an image from', images.registries),
          }
        : undefined,
  },
  {
    section: 'images',
    key: 'denied-registries',
    why: 'What is known to be unfit is kept out, though what is around it is allowed.',
    governs: 'image',
    complaint: (image, { images }) => {
      const denied = images?.['denied-registries']?.find((registry) => isFrom(image, registry));
      return denied === undefined
        ? undefined
        : { what: `${shownImage(image)} is from ${denied}, which is denied`, mend: 'use an image from elsewhere' };
    },
  },
  {
    section: 'images',
    key: 'require',
    why: 'A tag can be moved after the review, a digest cannot.',
    governs: 'image',
    complaint: (image, { images }) =>
      wantsDigest(images) && !image.includes('@sha256:')
        ? { what: `${quote(image)} is not pinned by a digest`, mend: 'add the digest to it (…@sha256:<64 hex digits>)' }
        : undefined,
  },
  {
    section: 'containers',
    key: 'capabilities',
    why: 'Some capabilities are as good as being root on the host.',
    governs: 'capability',
    complaint: (capability, { containers }) =>
      unlisted(capability, containers?.capabilities?.map(plainCapability), `the capability ${capability}`, 'ALL'),
  },
  {
    section: 'containers',
    key: 'device-labels',
    why: 'A device reaches past the walls of the container.',
    governs: 'device-label',
    complaint: (label, { containers }) =>
      unlisted(label, containers?.['device-labels'], `a device labelled ${quote(label)}`),
  },
  {
    section: 'containers',
    key: 'gpus',
    why: 'Graphics processors are few, and are devices of the host.',
    governs: 'gpu',
    complaint: (_, { containers }) =>
      containers?.gpus === 'forbidden'
        ? { what: 'a graphics processor may not be had', mend: 'do without `gpu`' }
        : undefined,
  },
  {
    section: 'containers',
    key: 'host-ports',
    why: 'A port of the host is reachable from outside, and can be had once.',
    governs: 'host-port',
    complaint: (port, { containers }) => {
      const allowed = containers?.['host-ports'];
      if (allowed === undefined || allowsHostPorts(allowed, port)) return undefined;
      const what = port === 'free' ? 'a port of the host that the engine picks' : `port ${port} of the host`;
      return { what: `${what} may not be opened`, mend: oneOf('use a `host-port` of', allowed) };
    },
  },
  {
    section: 'containers',
    key: 'security-off',
    why: 'Mandatory access control is what is left when a container breaks out.',
    governs: 'security-off',
    complaint: (mechanism, { containers }) => {
      const allowed: readonly string[] | undefined = containers?.['security-off'];
      return allowed === undefined || allowed.includes(mechanism)
        ? undefined
        : { what: `${mechanism} may not be switched off`, mend: 'leave it on' };
    },
  },
  {
    section: 'containers',
    key: 'volume-labels',
    why: 'Storage of the host that was put aside for one purpose is not for every tenant.',
    governs: 'volume-labels',
    complaint: (expression, { containers }) =>
      unlisted(
        oneSpaced(expression),
        containers?.['volume-labels']?.map(oneSpaced),
        `storage by \`${oneSpaced(expression)}\``,
      ),
  },
  {
    section: 'resources',
    key: 'require',
    why: 'A container without a limit can take everything from its neighbours.',
    governs: 'no-memory',
    complaint: (container, { resources }) => limitless(container, 'memory', resources?.require?.includes('memory')),
  },
  {
    section: 'resources',
    key: 'require',
    why: 'A container without a limit can take everything from its neighbours.',
    governs: 'no-cpus',
    complaint: (container, { resources }) => limitless(container, 'cpus', resources?.require?.includes('cpus')),
  },
  {
    section: 'quotas',
    key: 'memory',
    why: 'What has no limit cannot be counted.',
    governs: 'no-memory',
    complaint: (container, { quotas, resources }) =>
      limitless(container, 'memory', quotas?.memory !== undefined && resources?.require?.includes('memory') !== true),
  },
  {
    section: 'quotas',
    key: 'cpus',
    why: 'What has no limit cannot be counted.',
    governs: 'no-cpus',
    complaint: (container, { quotas, resources }) =>
      limitless(container, 'cpus', quotas?.cpus !== undefined && resources?.require?.includes('cpus') !== true),
  },
];

/** Whether a registry, or a path in one, is within what a policy allows. */
export function allowsRegistry(registry: string, { images }: TenantRulesSpec): boolean {
  return images?.registries?.some((wider) => isWithin(registry, wider)) !== false;
}

export function plainCapability(capability: string): string {
  return capability.replace(/^CAP_/, '');
}

function unlisted(
  value: string,
  allowed: readonly string[] | undefined,
  what: string,
  everything = '*',
): Complaint | undefined {
  if (allowed === undefined || allowed.includes(value) || allowed.includes(everything)) return undefined;
  return { what: `${what} may not be had`, mend: oneOf('use one of', allowed) };
}

function limitless(container: string, limit: 'memory' | 'cpus', isRequired = false): Complaint | undefined {
  if (!isRequired) return undefined;
  return { what: `container ${container} has no limit \`${limit}\`, which is required`, mend: `give it \`${limit}\`` };
}

function shownImage(image: string): string {
  const full = fullImageName(image);
  return image.startsWith(full) ? quote(image) : `${quote(image)} (${full})`;
}

const SHOWN = 8;

function oneOf(use: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return 'none is allowed, so do without';
  const more = allowed.length > SHOWN ? ` and ${allowed.length - SHOWN} more` : '';
  return `${use} ${allowed.slice(0, SHOWN).join(', ')}${more}`;
}

function oneSpaced(expression: string): string {
  return expression.trim().replace(/\s+/g, ' ');
}
