import { parseCidr } from '../model/subnet.ts';
import { isTenantName, LABEL_PREFIX } from '../model/names.ts';
import { ImageKeyError, parseImageKey } from '../signatures/image-key.ts';
import { LabelExpressionError, parseLabelExpression } from './label-expression.ts';
import { parseRegexp, RegexpError } from './regexp.ts';
import { parseBandwidth, parseDuration, parseGraceTime, parseSize, UnitError } from './units.ts';
import { checkTimeZone, parseDaysOfWeek, parseTimeOfDay, parseWindowDuration, SITE_LOCAL } from './upgrade-window.ts';

/**
 * The formats the schemas name, each with what is wrong with a text: a sentence that follows the text itself, or
 * undefined for a good one.
 */
export const FORMATS: Readonly<Record<string, (text: string) => string | undefined>> = {
  size: (text) => complaintOf(() => parseSize(text)),
  duration: (text) => complaintOf(() => parseDuration(text)),
  'grace-time': (text) => complaintOf(() => parseGraceTime(text)),
  bandwidth: (text) => complaintOf(() => parseBandwidth(text)),
  'days-of-week': (text) => complaintOf(() => parseDaysOfWeek(text)),
  'time-of-day': (text) => complaintOf(() => parseTimeOfDay(text)),
  'time-zone': (text) => complaintOf(() => checkTimeZone(text)),
  'window-time-zone': (text) => (text === SITE_LOCAL ? undefined : complaintOf(() => checkTimeZone(text))),
  'window-duration': (text) => complaintOf(() => parseWindowDuration(text)),
  'label-expression': (text) => complaintOf(() => parseLabelExpression(text)),
  regexp: (text) => complaintOf(() => parseRegexp(text)),
  'port-ranges': portRangesComplaint,
  image: imageComplaint,
  'domain-name': (text) =>
    isDomainName(text) ? undefined : 'is not a host name (letters, digits, hyphens and dots, at most 253 characters)',
  'label-name': labelNameComplaint,
  'env-name': envNameComplaint,
  'header-name': (text) => (/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/.test(text) ? undefined : 'is not a header name'),
  'header-value': (text) =>
    /^[\t\x20-\x7e]{0,8192}$/.test(text) ? undefined : 'is not a header value (printable ASCII characters on one line)',
  'ipv4-prefix': (text) =>
    parseCidr(text) === undefined ? 'is not an IPv4 prefix (example: 192.0.2.0/24)' : undefined,
  'ipv4-address': (text) =>
    parseCidr(`${text}/32`) === undefined ? 'is not an IPv4 address (example: 192.0.2.7)' : undefined,
  'tenant-name': (text) => (isTenantName(text) ? undefined : 'is not the name of a tenant'),
  registry: registryComplaint,
  'image-key': imageKeyComplaint,
  'host-ports': hostPortsComplaint,
  'volume-labels': (text) => (text === '*' ? undefined : complaintOf(() => parseLabelExpression(text))),
  'gpu-property': (text) =>
    GPU_PROPERTY.test(text) ? undefined : 'is not the name of a property (example: display-mode)',
  'nvidia-pattern': (text) =>
    /^[A-Za-z0-9._-]{1,64} *== *"[^"]{0,256}"$/.test(text)
      ? undefined
      : 'is not a condition on a graphics processor (example: display-mode == "Enabled")',
};

const GPU_PROPERTY = /^[A-Za-z0-9._-]{1,64}$/;

function complaintOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof UnitError) return error.message;
    if (error instanceof RegexpError) return `is not a regular expression: ${error.message}`;
    if (error instanceof LabelExpressionError) {
      return `is not a label expression: ${error.message} (at character ${error.position + 1})`;
    }
    throw error;
  }
}

function portRangesComplaint(text: string): string | undefined {
  const complaint = 'is not a list of ports (examples: "80,443", "8000-8010")';
  if (text.length > 1024) return complaint;
  const isGood = text.split(',').every((part) => {
    const match = /^ *(\d{1,5})(?:-(\d{1,5}))? *$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    return match !== null && first >= 1 && first <= last && last <= 65_535;
  });
  return isGood ? undefined : complaint;
}

/** `443`, `8000-8999`; `free` is one that the engine picks, `*` every one. */
function hostPortsComplaint(text: string): string | undefined {
  const isGood = text === '*' || text === 'free' || (!text.includes(',') && portRangesComplaint(text) === undefined);
  return isGood ? undefined : 'is not a port of the host (examples: 443, 8000-8999, free, "*")';
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST = '(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?';
const IMAGE = new RegExp(
  `^(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

function imageComplaint(text: string): string | undefined {
  const complaint = 'is not an image (examples: busybox:1.36, registry.example.com/shop/web@sha256:<64 hex digits>)';
  if (text.length > 512 || !IMAGE.test(text)) {
    return /[A-Z]/.test(text.replace(/[:@][^/]*$/, '')) ? `${complaint}; repositories are in lower case` : complaint;
  }
  return undefined;
}

const REGISTRY = new RegExp(`^${HOST}(?:/${COMPONENT})*$`);

/** It begins with a host, told from a path as in the name of an image: by a dot, a port, or the name `localhost`. */
function registryComplaint(text: string): string | undefined {
  if (text === '*') return undefined;
  const [host = '', ...path] = text.split('/');
  if (text.length > 512 || !REGISTRY.test(text)) {
    return 'is not a registry or a path in one (examples: ghcr.io, registry.example.com:5000/shop); tags and digests have no place in it';
  }
  if (/[.:]/.test(host) || host === 'localhost') return undefined;
  const full = ['docker.io', ...(path.length === 0 ? ['library'] : []), text].join('/');
  return `does not begin with the host of a registry; of Docker Hub it is ${full}`;
}

function imageKeyComplaint(text: string): string | undefined {
  try {
    parseImageKey(text);
    return undefined;
  } catch (error) {
    if (error instanceof ImageKeyError) return error.message;
    throw error;
  }
}

function isDomainName(text: string): boolean {
  return (
    text.length <= 253 && text.split('.').every((part) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(part))
  );
}

/** Contract 2: prefixes are domain names, `system` is reserved, segments may hold `.` and `_`. */
function labelNameComplaint(text: string): string | undefined {
  const parts = text.split('/');
  const [prefix, segment] = parts.length === 2 ? parts : [undefined, parts[0]];
  if (text.startsWith(LABEL_PREFIX)) return `is reserved: labels beginning with ${LABEL_PREFIX} are Fairlead's own`;
  if (prefix === 'system') return 'is reserved: the prefix `system` is for labels made by the system';
  const isSegment = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/.test(segment ?? '');
  if (parts.length <= 2 && isSegment && (prefix === undefined || isDomainName(prefix))) return undefined;
  return 'is not a label name (examples: color, example.com/location.city)';
}

function envNameComplaint(text: string): string | undefined {
  if (text === '') return 'is not the name of an environment variable: it is empty';
  if (text.includes('=') || text.includes('\0'))
    return 'is not the name of an environment variable: it holds `=` or NUL';
  if (text === '__proto__' || text.length > 1024) return 'is not a usable name of an environment variable';
  return undefined;
}
