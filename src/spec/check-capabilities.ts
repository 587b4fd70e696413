import { containersOf, mappingsAt, textsAt, type Mapping } from './fields.ts';
import { unknownName, type Finding } from './finding.ts';

/** Of Linux 6.x (capabilities(7)), without `CAP_`. */
const CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_CONTROL',
  'AUDIT_READ',
  'AUDIT_WRITE',
  'BLOCK_SUSPEND',
  'BPF',
  'CHECKPOINT_RESTORE',
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'IPC_LOCK',
  'IPC_OWNER',
  'KILL',
  'LEASE',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'MKNOD',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_RAW',
  'PERFMON',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_CHROOT',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'WAKE_ALARM',
]);

/** Every one of them. */
const ALL = 'ALL';

/** An engine would tell of an unknown capability only when the container is made. */
export function checkCapabilities(application: Mapping): readonly Finding[] {
  return (
    mappingsAt(application, 'services')
      .flatMap(containersOf)
      .flatMap((container) => textsAt(container, 'additional-capabilities'))
      // What is in lower case, or no word at all, the schema complains of.
      .filter(({ text }) => /^[A-Z_]+$/.test(text) && text !== ALL && !CAPABILITIES.has(plainName(text)))
      .map((capability) => unknownName({ ...capability, text: plainName(capability.text) }, 'capability', CAPABILITIES))
  );
}

function plainName(capability: string): string {
  return capability.replace(/^CAP_/, '');
}
