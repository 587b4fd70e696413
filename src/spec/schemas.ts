// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

import type { JsonSchema } from './json-schema.ts';

export const applicationSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://fairlead.dev/schemas/application.schema.json',
  title: 'ApplicationSpec',
  description: 'An application: services that are deployed together under one name and one version.',
  type: 'object',
  properties: {
    name: { description: 'Name of the application, unique in its tenant.', $ref: '#/$defs/name' },
    version: {
      description: 'Version of the application. A new one makes every instance anew, following `upgrade-from`.',
      $ref: '#/$defs/version',
    },
    labels: {
      description: 'Labels put on the containers, for your own use. Fairlead does not look at them.',
      type: 'object',
      propertyNames: { format: 'label-name' },
      additionalProperties: { type: 'string', maxLength: 4096, 'x-expects': 'a text of at most 4096 characters' },
      examples: [{ 'example.com/team': 'checkout' }],
    },
    'depends-on': {
      description:
        'Applications of the tenant that it needs at its site: it is started when all their instances are ready, and upgraded after them (extension).',
      type: 'array',
      items: { $ref: '#/$defs/name' },
      maxItems: 64,
      examples: [['db', 'queue']],
    },
    services: {
      description: 'The services of the application.',
      type: 'array',
      items: { $ref: '#/$defs/service' },
      minItems: 1,
      maxItems: 256,
    },
    resources: {
      description: 'Limits for the application as a whole.',
      $ref: '#/$defs/resources',
      'x-not-supported-yet': true,
    },
    network: {
      description: 'The network between the instances of the application.',
      $ref: '#/$defs/application-network',
    },
    'on-mutable-variable-change': {
      description:
        'What happens when a variable used in env, cmd or entrypoint gets another value while the text stays, as one from a secret may: the upgrade procedure, a restart of the instances it concerns, or nothing.',
      type: 'string',
      enum: ['upgrade-application', 'restart-service-instance', 'ignore'],
      default: 'restart-service-instance',
      examples: ['ignore'],
    },
    'upgrade-from': {
      description:
        'Upgrade procedures. The first entry that matches the running version is followed; without one, instances are replaced without coordination.',
      type: 'array',
      items: { $ref: '#/$defs/upgrade-from' },
    },
  },
  additionalProperties: false,
  required: ['name', 'services'],
  $defs: {
    name: {
      description: 'A name that can be part of a DNS name.',
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      'x-expects':
        'a name (lower-case letters, digits and hyphens, a letter or digit at both ends, at most 63 characters)',
      examples: ['shop', 'web-frontend'],
    },
    version: {
      description:
        'The version of an application: any text of letters, digits, dots, hyphens and plus signs. It has no order.',
      type: 'string',
      pattern: '^[a-zA-Z0-9.+-]+$',
      maxLength: 128,
      'x-expects': 'a version (letters, digits, ".", "-" and "+", for example 2.4.2)',
      examples: ['1.10', '2.4.2', '2026-11-20'],
    },
    size: {
      description:
        'An amount of bytes with its unit: B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024).',
      type: 'string',
      format: 'size',
      examples: ['64MiB', '1.5 GB', '0B'],
      'x-unit': '`B` … `TiB`',
    },
    duration: {
      description: 'A length of time: numbers with the units d, h, m, s and ms.',
      type: 'string',
      format: 'duration',
      examples: ['10s', '1h30m', '500ms'],
      'x-unit': '`ms` … `d`',
    },
    'grace-time': {
      description: 'A length of time of at most 24h.',
      type: 'string',
      format: 'grace-time',
      examples: ['10s', '1h30m', '500ms'],
      'x-unit': '`ms` … `d`',
    },
    bandwidth: {
      description: 'A rate of bits: bit/s, kbit/s, Mbit/s or Gbit/s.',
      type: 'string',
      format: 'bandwidth',
      examples: ['100Mbit/s', '1Gbit/s'],
      'x-unit': '`bit/s` … `Gbit/s`',
    },
    'label-expression': {
      description:
        'A condition on labels: `label = value`, `label ~ regexp`, a bare label (present), `{}` (no labels), joined by and, or, not and parentheses.',
      type: 'string',
      format: 'label-expression',
      maxLength: 4096,
      examples: ['system/type = edge', 'example.com/canary and not (region = "north")'],
    },
    regexp: {
      description: 'A regular expression of RE2 syntax; it is searched for anywhere in the text.',
      type: 'string',
      format: 'regexp',
      minLength: 1,
      maxLength: 1024,
      'x-expects': 'a regular expression of 1 to 1024 characters',
      examples: ['^2\\.4\\.', '.'],
    },
    'port-ranges': {
      description: 'Ports and ranges of ports, joined by commas.',
      type: 'string',
      format: 'port-ranges',
      examples: ['80,443', '8000-8010'],
    },
    port: { description: 'A port number.', type: 'integer', minimum: 1, maximum: 65535, examples: [443] },
    'ipv4-address': {
      description: 'An IPv4 address.',
      type: 'string',
      format: 'ipv4-address',
      examples: ['192.0.2.7'],
    },
    'file-mode': {
      description: 'Permissions of a file as octal digits.',
      type: 'string',
      pattern: '^[0-7]{3,4}$',
      'x-expects': 'a file mode (three or four octal digits, for example 0440)',
      examples: ['0770', '440'],
    },
    'file-ownership': {
      description: 'Numeric owner and group of a file.',
      type: 'string',
      pattern: '^[0-9]{1,10}:[0-9]{1,10}$',
      'x-expects': 'an owner and a group (two numbers, for example 1000:1000)',
      examples: ['1000:1000', '0:100'],
    },
    user: {
      description: 'Numeric user, and group if wanted. Names are not looked up.',
      type: 'string',
      pattern: '^[0-9]{1,10}(:[0-9]{1,10})?$',
      'x-expects': 'a user (a number, or two as in 1000:1000; names are not looked up)',
      examples: ['100', '1000:1000'],
    },
    image: {
      description: 'A container image: registry, repository, tag or digest. Without a tag, `latest`.',
      type: 'string',
      format: 'image',
      examples: ['registry.example.com/shop/web:1.4', 'busybox'],
    },
    path: {
      description: 'An absolute path inside a container.',
      type: 'string',
      pattern: '^/[^\\u0000]*$',
      maxLength: 4096,
      'x-expects': 'an absolute path (it begins with "/")',
      examples: ['/etc/shop'],
    },
    'host-name': { description: 'A host name.', type: 'string', format: 'domain-name', examples: ['www.example.com'] },
    'dns-label': {
      description: 'The left part of a DNS record.',
      type: 'string',
      pattern: '^[A-Za-z0-9_*@]([A-Za-z0-9_.*-]*[A-Za-z0-9_])?$',
      maxLength: 253,
      'x-expects': 'a DNS record name (for example www or _http._tcp)',
      examples: ['_http._tcp', 'www'],
    },
    argument: {
      description: 'One argument of a command.',
      type: 'string',
      writeOnly: true,
      maxLength: 131072,
      'x-expects': 'an argument of at most 128 KiB',
      examples: ['--verbose'],
    },
    service: {
      title: 'ServiceSpec',
      description: 'A part of an application: containers that are always placed together, any number of times.',
      type: 'object',
      properties: {
        name: {
          description: 'Name of the service; its instances are called <name>-1, <name>-2, …',
          $ref: '#/$defs/name',
        },
        mode: {
          description: 'Whether a given number of instances runs, or one on every host that matches.',
          type: 'string',
          enum: ['replicated', 'one-per-matching-host'],
          default: 'replicated',
          examples: ['one-per-matching-host'],
        },
        replicas: {
          description:
            'How many instances run at each site. The services of one application have at most 61 together: its network has no more addresses.',
          type: 'integer',
          minimum: 0,
          default: 1,
          examples: [2],
        },
        placement: { description: 'Which hosts of a site an instance may run on.', $ref: '#/$defs/service-placement' },
        'delayed-shutdown': {
          description:
            'Starts what replaces an instance beside it and lets the old one live on for a while: with a new version or text, a restart, fewer replicas, and when service or application go. It keeps its names, has the next free number, and counts as no replica.',
          $ref: '#/$defs/delayed-shutdown',
        },
        volumes: {
          description: 'Storage and files the containers can mount; every instance has its own.',
          type: 'array',
          items: { $ref: '#/$defs/volume' },
          maxItems: 256,
        },
        'share-pid-namespace': {
          description:
            'Whether the containers of an instance see the processes of one another. Then the small init runs beside them, not in them.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        variables: {
          description:
            'Values that can be referred to in env, cmd, entrypoint and the data of config maps: `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself. Beside them there are those of the system (`SYS_SITE`, …).',
          type: 'array',
          items: { $ref: '#/$defs/variable' },
          maxItems: 1024,
        },
        'init-containers': {
          description:
            'Containers that run to their end, one after the other, before the others start. One that fails is run again.',
          type: 'array',
          items: { $ref: '#/$defs/init-container' },
          maxItems: 64,
        },
        containers: {
          description: 'The containers of every instance.',
          type: 'array',
          items: { $ref: '#/$defs/container' },
          minItems: 1,
          maxItems: 64,
        },
        vm: {
          description: 'A virtual machine in place of containers.',
          $ref: '#/$defs/vm',
          'x-not-supported-yet': true,
        },
        network: {
          description: 'How an instance is reached from outside and what it may reach.',
          $ref: '#/$defs/service-network',
          'x-not-supported-yet': true,
        },
        'site-dns-records': {
          description: 'Records added to the DNS of the site.',
          $ref: '#/$defs/dns-records',
          'x-not-supported-yet': true,
        },
      },
      additionalProperties: false,
      required: ['name'],
      oneOf: [{ required: ['containers'] }, { required: ['vm'] }],
    },
    container: {
      title: 'ContainerSpec',
      description: 'One container of a service.',
      type: 'object',
      properties: {
        name: {
          description: 'Name of the container, unique among the containers and init containers of its service.',
          $ref: '#/$defs/name',
          examples: ['server'],
        },
        image: { description: 'The image the container is made from.', $ref: '#/$defs/image' },
        'image-pull': {
          description:
            'When the image is pulled: only when the host lacks it, or before a container is made, once a minute for one text at most; a pull that fails stops nothing (extension).',
          type: 'string',
          enum: ['when-absent', 'always'],
          default: 'when-absent',
          examples: ['always'],
        },
        entrypoint: {
          description:
            'Replaces the entry point of the image; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.',
          type: 'array',
          items: { $ref: '#/$defs/argument' },
          examples: [['/bin/server', '--port', '8080']],
        },
        cmd: {
          description:
            "Replaces the arguments of the image; an empty list means no arguments, leaving it out means the image's own; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.",
          type: 'array',
          items: { $ref: '#/$defs/argument' },
          examples: [['/bin/server', '--port', '8080']],
        },
        env: {
          description:
            'Environment variables; values are text, in which `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.',
          type: 'object',
          propertyNames: { format: 'env-name' },
          additionalProperties: {
            type: 'string',
            writeOnly: true,
            maxLength: 131072,
            'x-expects': 'a text of at most 128 KiB',
          },
          examples: [{ LOG_LEVEL: 'info' }],
        },
        user: { description: 'The user the processes run as.', $ref: '#/$defs/user' },
        memory: {
          description: 'Most memory the container may use.',
          $ref: '#/$defs/size',
          'x-needs': 'a kernel with the memory cgroup; without it there is no limit, and a warning',
        },
        cpus: {
          description: 'Most processor time the container may use, in processors.',
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 1024,
          examples: [0.5],
          'x-needs': 'a kernel with CPU quotas',
          'x-unit': 'processors',
        },
        'cpu-shares': {
          description: 'Weight in the competition for processor time.',
          type: 'integer',
          minimum: 2,
          maximum: 262144,
          examples: [1024],
          'x-unit': 'weight',
        },
        'shutdown-timeout': {
          description: 'How long a container may take to end after it was asked to, before it is killed.',
          $ref: '#/$defs/grace-time',
          default: '10s',
        },
        'no-builtin-init': {
          description: 'Starts the process without the small init that reaps orphans and forwards signals.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        mounts: {
          description: 'Volumes of the service laid into the file system of the container.',
          type: 'array',
          items: { $ref: '#/$defs/mount' },
          maxItems: 256,
        },
        ports: {
          description: 'Ports opened on the host (extension).',
          type: 'array',
          items: { $ref: '#/$defs/container-port' },
          maxItems: 1024,
        },
        'additional-capabilities': {
          description: 'Linux capabilities on top of the usual ones; with or without `CAP_`, `ALL` for every one.',
          type: 'array',
          items: {
            description: 'A Linux capability.',
            type: 'string',
            minLength: 1,
            pattern: '^(CAP_)?[A-Z_]+$',
            'x-expects': 'a Linux capability (for example NET_ADMIN)',
          },
          examples: [['NET_ADMIN']],
        },
        devices: {
          description: 'Devices of the host the container may use, each at its own path.',
          $ref: '#/$defs/devices',
          'x-needs': 'devices of the host in the document of its site',
        },
        'container-layer-size': {
          description: 'Most disk space of the writable layer.',
          $ref: '#/$defs/size',
          'x-needs':
            'storage of the engine on xfs mounted with `pquota`, or btrfs or zfs; elsewhere there is no limit, and a warning',
          examples: ['10 MiB'],
        },
        'container-log-size': {
          description:
            'Most disk space of the log, 2 KiB or more. `0B` keeps none, so there is none to read; without it the log is kept as the engine is configured to.',
          $ref: '#/$defs/size',
          examples: ['100 MiB'],
        },
        'container-log-max-days': {
          description:
            'Age in days beyond which log lines are not shown; a log that is kept when its container is gone is removed at that age. Disk space is bounded by `container-log-size`, not by age.',
          type: 'integer',
          minimum: 0,
          maximum: 36500,
          examples: [14],
          'x-unit': 'days',
        },
        'container-log-archive': {
          description:
            'Keeps the log when the container is replaced or removed, also with its application: in a volume of its own, until it is older than `container-log-max-days`. Of one container all kept logs together are at most `container-log-size`; the oldest go first. Without these two everything is kept.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        approle: {
          description: 'The application role whose credentials the container may ask for.',
          $ref: '#/$defs/name',
          'x-not-supported-yet': true,
        },
        security: { description: 'Relaxations of the mandatory access control of the host.', $ref: '#/$defs/security' },
        gpu: {
          description: 'Graphics processors the container needs.',
          $ref: '#/$defs/gpu',
          'x-needs': 'the NVIDIA container runtime on the engine, and `gpus` of the host in the document of its site',
        },
        'delayed-shutdown-cmd': {
          description:
            'Asks an old container to come to its end: run in it when what replaces its instance is ready, for a minute at the longest. The instance goes when every container with such a command has ended; where none has one, when all have. After a crash of Fairlead it may be run twice.',
          type: 'array',
          items: { $ref: '#/$defs/argument' },
          examples: [['/bin/server', '--drain']],
        },
        'on-mounted-file-change': {
          description:
            'What happens when the content of a mounted file changes; without it the container is restarted.',
          $ref: '#/$defs/on-mounted-file-change',
        },
        probes: {
          description: 'How Fairlead finds out whether the container is well. A changed probe restarts nothing.',
          $ref: '#/$defs/probes',
        },
      },
      additionalProperties: false,
      required: ['name', 'image'],
    },
    'init-container': {
      title: 'InitContainerSpec',
      description: 'A container that runs to its end before the containers of the service start.',
      type: 'object',
      properties: {
        name: {
          description: 'Name of the container, unique among the containers and init containers of its service.',
          $ref: '#/$defs/name',
          examples: ['server'],
        },
        image: { description: 'The image the container is made from.', $ref: '#/$defs/image' },
        'image-pull': {
          description:
            'When the image is pulled: only when the host lacks it, or before a container is made, once a minute for one text at most; a pull that fails stops nothing (extension).',
          type: 'string',
          enum: ['when-absent', 'always'],
          default: 'when-absent',
          examples: ['always'],
        },
        entrypoint: {
          description:
            'Replaces the entry point of the image; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.',
          type: 'array',
          items: { $ref: '#/$defs/argument' },
          examples: [['/bin/server', '--port', '8080']],
        },
        cmd: {
          description:
            "Replaces the arguments of the image; an empty list means no arguments, leaving it out means the image's own; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.",
          type: 'array',
          items: { $ref: '#/$defs/argument' },
          examples: [['/bin/server', '--port', '8080']],
        },
        env: {
          description:
            'Environment variables; values are text, in which `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.',
          type: 'object',
          propertyNames: { format: 'env-name' },
          additionalProperties: {
            type: 'string',
            writeOnly: true,
            maxLength: 131072,
            'x-expects': 'a text of at most 128 KiB',
          },
          examples: [{ LOG_LEVEL: 'info' }],
        },
        user: { description: 'The user the processes run as.', $ref: '#/$defs/user' },
        memory: {
          description: 'Most memory the container may use.',
          $ref: '#/$defs/size',
          'x-needs': 'a kernel with the memory cgroup; without it there is no limit, and a warning',
        },
        cpus: {
          description: 'Most processor time the container may use, in processors.',
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 1024,
          examples: [0.5],
          'x-needs': 'a kernel with CPU quotas',
          'x-unit': 'processors',
        },
        'cpu-shares': {
          description: 'Weight in the competition for processor time.',
          type: 'integer',
          minimum: 2,
          maximum: 262144,
          examples: [1024],
          'x-unit': 'weight',
        },
        'shutdown-timeout': {
          description: 'How long a container may take to end after it was asked to, before it is killed.',
          $ref: '#/$defs/grace-time',
          default: '10s',
        },
        'no-builtin-init': {
          description: 'Starts the process without the small init that reaps orphans and forwards signals.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        mounts: {
          description: 'Volumes of the service laid into the file system of the container.',
          type: 'array',
          items: { $ref: '#/$defs/mount' },
          maxItems: 256,
        },
        'additional-capabilities': {
          description: 'Linux capabilities on top of the usual ones; with or without `CAP_`, `ALL` for every one.',
          type: 'array',
          items: {
            description: 'A Linux capability.',
            type: 'string',
            minLength: 1,
            pattern: '^(CAP_)?[A-Z_]+$',
            'x-expects': 'a Linux capability (for example NET_ADMIN)',
          },
          examples: [['NET_ADMIN']],
        },
        devices: {
          description: 'Devices of the host the container may use, each at its own path.',
          $ref: '#/$defs/devices',
          'x-needs': 'devices of the host in the document of its site',
        },
        'container-layer-size': {
          description: 'Most disk space of the writable layer.',
          $ref: '#/$defs/size',
          'x-needs':
            'storage of the engine on xfs mounted with `pquota`, or btrfs or zfs; elsewhere there is no limit, and a warning',
          examples: ['10 MiB'],
        },
        'container-log-size': {
          description:
            'Most disk space of the log, 2 KiB or more. `0B` keeps none, so there is none to read; without it the log is kept as the engine is configured to.',
          $ref: '#/$defs/size',
          examples: ['100 MiB'],
        },
        'container-log-max-days': {
          description:
            'Age in days beyond which log lines are not shown; a log that is kept when its container is gone is removed at that age. Disk space is bounded by `container-log-size`, not by age.',
          type: 'integer',
          minimum: 0,
          maximum: 36500,
          examples: [14],
          'x-unit': 'days',
        },
        'container-log-archive': {
          description:
            'Keeps the log when the container is replaced or removed, also with its application: in a volume of its own, until it is older than `container-log-max-days`. Of one container all kept logs together are at most `container-log-size`; the oldest go first. Without these two everything is kept.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        approle: {
          description: 'The application role whose credentials the container may ask for.',
          $ref: '#/$defs/name',
          'x-not-supported-yet': true,
        },
        security: { description: 'Relaxations of the mandatory access control of the host.', $ref: '#/$defs/security' },
        gpu: {
          description: 'Graphics processors the container needs.',
          $ref: '#/$defs/gpu',
          'x-needs': 'the NVIDIA container runtime on the engine, and `gpus` of the host in the document of its site',
        },
      },
      additionalProperties: false,
      required: ['name', 'image'],
      'x-never': {
        probes: 'init containers take no probes: they have ended before the other containers start',
        'on-mounted-file-change':
          'init containers take no on-mounted-file-change: they have ended before the other containers start',
        'delayed-shutdown-cmd':
          'init containers take no delayed-shutdown-cmd: they have ended before the other containers start',
      },
    },
    'service-placement': {
      title: 'ServicePlacementSpec',
      description: 'Conditions and wishes on the hosts of a site.',
      type: 'object',
      properties: {
        'preferred-affinity': {
          description: 'Services this one would rather share a host with.',
          $ref: '#/$defs/affinity',
        },
        'preferred-anti-affinity': {
          description: 'Services this one would rather not share a host with.',
          $ref: '#/$defs/affinity',
        },
        'match-host-labels': {
          description: 'Only hosts whose labels match are considered; where none is, the instance is not placed.',
          $ref: '#/$defs/label-expression',
          'x-needs': 'labels of the host in the document of its site',
          examples: ['example.com/rack = b'],
        },
      },
      additionalProperties: false,
    },
    affinity: {
      title: 'AffinitySpec',
      description: 'A list of services.',
      type: 'object',
      properties: {
        services: {
          description: 'Names of services.',
          type: 'array',
          items: { $ref: '#/$defs/name' },
          examples: [['db']],
          'x-not-supported-yet': true,
        },
      },
      additionalProperties: false,
      required: ['services'],
    },
    'delayed-shutdown': {
      title: 'DelayedShutdownSpec',
      description:
        'How long and how many old instances may live on. It cannot be had together with a `host-port`, which old and new instance cannot both have.',
      type: 'object',
      properties: {
        timeout: {
          description:
            'The longest an old instance may live on from the time it is asked to end. What replaces it is waited for as long, at most, before it is asked.',
          $ref: '#/$defs/duration',
        },
        'max-number-of-instances': {
          description:
            'How many old instances of the service may live on at once; the oldest go first. One whose successor is not ready yet stays.',
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          default: 1,
          examples: [3],
        },
      },
      additionalProperties: false,
      required: ['timeout'],
    },
    volume: {
      title: 'VolumeSpec',
      description: 'A volume of one kind.',
      type: 'object',
      properties: {
        name: { description: 'Name of the volume, unique in its service.', $ref: '#/$defs/name', examples: ['cache'] },
        'ephemeral-volume': {
          description:
            'Space that stays over restarts and new versions, and goes with the instance, or when the volume becomes one of another kind.',
          $ref: '#/$defs/disk-volume',
        },
        'persistent-volume': {
          description: 'Space that stays when the instance or its application is removed; only a person removes it.',
          $ref: '#/$defs/persistent-disk-volume',
        },
        'config-map': {
          description: 'Files whose content stands in the specification. Changes reach the containers all at once.',
          $ref: '#/$defs/config-map',
        },
        'vault-secret': {
          description: 'A secret; each of its keys becomes a file.',
          $ref: '#/$defs/vault-secret',
          'x-not-supported-yet': true,
        },
      },
      additionalProperties: false,
      required: ['name'],
      oneOf: [
        { required: ['ephemeral-volume'] },
        { required: ['persistent-volume'] },
        { required: ['config-map'] },
        { required: ['vault-secret'] },
      ],
    },
    'disk-volume': {
      title: 'EphemeralVolumeSpec',
      description: 'Space on a volume of the host, or in its memory.',
      type: 'object',
      properties: {
        size: {
          description: 'How much may be stored.',
          $ref: '#/$defs/size',
          'x-needs':
            'a file system with project quotas under the volume (xfs mounted with `pquota`); elsewhere there is no limit, and a warning',
          examples: ['1.5 GB'],
        },
        'file-mode': {
          description: 'Permissions of the top folder. Without mode and owner it is as the engine makes it.',
          $ref: '#/$defs/file-mode',
        },
        'file-ownership': {
          description: 'Owner and group of the top folder. Without mode and owner it is as the engine makes it.',
          $ref: '#/$defs/file-ownership',
        },
        'match-volume-labels': {
          description:
            'Only volumes of the host whose labels match are considered; without it the first is taken. Where none is, the instance is not placed.',
          $ref: '#/$defs/label-expression',
          'x-needs': '`local-volumes` of the host in the document of its site',
          examples: ['example.com/speed = fast'],
        },
        medium: {
          description: 'Where the data is kept (extension). `memory` is empty again after every start of the instance.',
          type: 'string',
          enum: ['disk', 'memory'],
          default: 'disk',
          examples: ['memory'],
        },
      },
      additionalProperties: false,
      required: ['size'],
    },
    'persistent-disk-volume': {
      title: 'PersistentVolumeSpec',
      description: 'Space on a volume of the host.',
      type: 'object',
      properties: {
        size: {
          description: 'How much may be stored.',
          $ref: '#/$defs/size',
          'x-needs':
            'a file system with project quotas under the volume (xfs mounted with `pquota`); elsewhere there is no limit, and a warning',
          examples: ['1.5 GB'],
        },
        'file-mode': {
          description: 'Permissions of the top folder. Without mode and owner it is as the engine makes it.',
          $ref: '#/$defs/file-mode',
        },
        'file-ownership': {
          description: 'Owner and group of the top folder. Without mode and owner it is as the engine makes it.',
          $ref: '#/$defs/file-ownership',
        },
        'match-volume-labels': {
          description:
            'Only volumes of the host whose labels match are considered; without it the first is taken. Where none is, the instance is not placed.',
          $ref: '#/$defs/label-expression',
          'x-needs': '`local-volumes` of the host in the document of its site',
          examples: ['example.com/speed = fast'],
        },
      },
      additionalProperties: false,
      required: ['size'],
    },
    'config-map': {
      title: 'ConfigMapSpec',
      description: 'A set of files.',
      type: 'object',
      properties: {
        items: {
          description: 'The files.',
          type: 'array',
          items: { $ref: '#/$defs/config-map-item' },
          minItems: 1,
          maxItems: 1024,
        },
      },
      additionalProperties: false,
      required: ['items'],
    },
    'config-map-item': {
      title: 'ConfigMapItemSpec',
      description: 'A file and its content.',
      type: 'object',
      properties: {
        name: { description: 'Name of the file.', $ref: '#/$defs/file-name' },
        data: {
          description:
            'Content of the file; `${NAME}` stands for the value of a variable, `$${NAME}` for that text itself.',
          type: 'string',
          examples: ['listen 8080;\n'],
        },
        'file-mode': { description: 'Permissions of the file.', $ref: '#/$defs/file-mode', default: '0644' },
        'file-ownership': {
          description: 'Owner and group of the file.',
          $ref: '#/$defs/file-ownership',
          default: '0:0',
        },
      },
      additionalProperties: false,
      required: ['name', 'data'],
    },
    'file-name': {
      description: 'Name of a file without its folder.',
      type: 'string',
      pattern: '^(?!\\.{1,2}$)[^/\\u0000]{1,255}$',
      'x-expects': 'a file name (without "/")',
      examples: ['server.conf'],
    },
    'vault-secret': {
      title: 'VaultSecretVolumeSpec',
      description: 'A secret of a vault.',
      type: 'object',
      properties: {
        vault: { description: 'Name of the vault.', $ref: '#/$defs/name' },
        secret: { description: 'Name of the secret in the vault.', $ref: '#/$defs/name' },
        'file-mode': { description: 'Permissions of the files.', $ref: '#/$defs/file-mode' },
        'file-ownership': { description: 'Owner and group of the files.', $ref: '#/$defs/file-ownership' },
      },
      additionalProperties: false,
      required: ['vault', 'secret'],
    },
    variable: {
      title: 'VariableSpec',
      description: 'A named value.',
      type: 'object',
      properties: {
        name: {
          description: 'Name of the variable; names beginning with `SYS_` are those of the system.',
          type: 'string',
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          maxLength: 128,
          'x-expects': 'a variable name (letters, digits and "_", no digit first)',
          examples: ['DB_PASSWORD'],
        },
        value: { description: 'The value itself.', type: 'string', writeOnly: true, examples: ['42'] },
        'value-from-vault-secret': {
          description: 'A key of a secret that holds the value.',
          $ref: '#/$defs/secret-key',
          'x-not-supported-yet': true,
        },
      },
      additionalProperties: false,
      required: ['name'],
      oneOf: [{ required: ['value'] }, { required: ['value-from-vault-secret'] }],
    },
    'secret-key': {
      title: 'SecretKeySpec',
      description: 'One key of a secret of a vault.',
      type: 'object',
      properties: {
        vault: { description: 'Name of the vault.', $ref: '#/$defs/name' },
        secret: { description: 'Name of the secret in the vault.', $ref: '#/$defs/name' },
        key: {
          description: 'The key in the secret.',
          type: 'string',
          minLength: 1,
          maxLength: 253,
          'x-expects': 'a key of 1 to 253 characters',
          examples: ['password'],
        },
      },
      additionalProperties: false,
      required: ['vault', 'secret', 'key'],
    },
    mount: {
      title: 'MountSpec',
      description: 'A volume, or single files of it, at a place in the container.',
      type: 'object',
      properties: {
        'volume-name': { description: 'The volume of the service.', $ref: '#/$defs/name', examples: ['cache'] },
        'mount-path': {
          description: 'Where the whole volume appears; a folder.',
          $ref: '#/$defs/path',
          examples: ['/var/cache/shop'],
        },
        files: {
          description:
            'Single files of a config map or secret and where they appear. They are links, so a change arrives at once and whole.',
          type: 'array',
          items: { $ref: '#/$defs/mounted-file' },
          minItems: 1,
          maxItems: 512,
        },
        mode: {
          description:
            'Whether the container may write. A file of a config map that it wrote to is replaced with the next change of that.',
          type: 'string',
          enum: ['read-write', 'read-only'],
          default: 'read-write',
          examples: ['read-only'],
        },
      },
      additionalProperties: false,
      required: ['volume-name'],
      oneOf: [{ required: ['mount-path'] }, { required: ['files'] }],
    },
    'mounted-file': {
      title: 'MountedFileSpec',
      description: 'One file of a volume.',
      type: 'object',
      properties: {
        name: { description: 'The file in the volume.', $ref: '#/$defs/file-name' },
        'mount-path': {
          description: 'Where the file appears.',
          $ref: '#/$defs/path',
          examples: ['/etc/shop/server.conf'],
        },
      },
      additionalProperties: false,
      required: ['name', 'mount-path'],
    },
    'container-port': {
      title: 'ContainerPortSpec',
      description: 'A port of the container, reachable from outside at the address of the host (extension).',
      type: 'object',
      properties: {
        'container-port': { description: 'The port the container listens on.', $ref: '#/$defs/port', examples: [8080] },
        'host-port': {
          description: 'The port of the host. Left out, the engine picks a free one.',
          $ref: '#/$defs/port',
          'x-needs': 'the port to be free on the host',
          examples: [80],
        },
        'host-ip': {
          description: 'The address of the host it is opened at; `0.0.0.0` is every one.',
          $ref: '#/$defs/ipv4-address',
          default: '0.0.0.0',
        },
        protocol: {
          description: 'The protocol.',
          type: 'string',
          enum: ['tcp', 'udp'],
          default: 'tcp',
          examples: ['udp'],
        },
      },
      additionalProperties: false,
      required: ['container-port'],
    },
    devices: {
      title: 'DevicesSpec',
      description: 'Devices by the labels the site gives them.',
      type: 'object',
      properties: {
        'device-labels': {
          description:
            'Labels of the devices. The container gets every device that has one of them; a label that no device has keeps the instance from being placed.',
          type: 'array',
          items: { $ref: '#/$defs/name' },
          examples: [['rtc']],
        },
      },
      additionalProperties: false,
    },
    security: {
      title: 'SecuritySpec',
      description: 'Switches of SELinux and AppArmor.',
      type: 'object',
      properties: {
        selinux: {
          description: 'SELinux.',
          $ref: '#/$defs/switch-off',
          'x-needs': 'a host with SELinux; elsewhere it changes nothing',
        },
        apparmor: {
          description: 'AppArmor.',
          $ref: '#/$defs/switch-off',
          'x-needs': 'a host with AppArmor; elsewhere it changes nothing',
        },
      },
      additionalProperties: false,
    },
    'switch-off': {
      title: 'SwitchOffSpec',
      description: 'Whether a mechanism is off.',
      type: 'object',
      properties: {
        disabled: {
          description: 'Switches it off for this container.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
      },
      additionalProperties: false,
    },
    gpu: {
      title: 'GpuSpec',
      description: 'Which graphics processors, and what they are for.',
      type: 'object',
      properties: {
        labels: {
          description: 'Labels a graphics processor has to have, all of them.',
          type: 'array',
          items: { $ref: '#/$defs/name' },
          examples: [['gpu-all']],
        },
        'number-gpus': {
          description: 'How many.',
          type: 'integer',
          minimum: 1,
          maximum: 64,
          default: 1,
          examples: [1],
        },
        'nvidia-patterns': {
          description: 'Conditions on the properties of a graphics processor, all of which must hold.',
          type: 'array',
          items: { description: 'A property, `==` and its value in quotes.', type: 'string', format: 'nvidia-pattern' },
          examples: [['display-mode == "Enabled"']],
        },
        'nvidia-driver-capabilities': {
          description: 'Driver features made available, joined by commas.',
          type: 'string',
          minLength: 1,
          pattern: '^[a-z0-9]+( *, *[a-z0-9]+)*$',
          'x-expects': 'a list of driver capabilities (for example "compute, utility")',
          examples: ['compute, utility'],
        },
      },
      additionalProperties: false,
    },
    'on-mounted-file-change': {
      title: 'OnMountedFileChangeSpec',
      description: 'A restart, or a command run in the container.',
      type: 'object',
      properties: {
        restart: {
          description: 'Restarts the container.',
          type: 'boolean',
          examples: [true],
          enum: [true],
          'x-expects': 'true (leave `restart` out and give `cmd` for a container that can do without)',
        },
        cmd: {
          description:
            'Run in the container after the change. It has a minute; until it ends with 0 it is tried again, ever later.',
          type: 'array',
          items: { $ref: '#/$defs/argument' },
          examples: [['/bin/server', '--port', '8080']],
          minItems: 1,
        },
      },
      additionalProperties: false,
      oneOf: [{ required: ['restart'] }, { required: ['cmd'] }],
    },
    probes: {
      title: 'ProbesSpec',
      description: 'The three questions put to a container.',
      type: 'object',
      properties: {
        startup: {
          description:
            'Has it come up? Asked until it succeeds; until then the others are not asked. A failure restarts the container.',
          $ref: '#/$defs/probe',
        },
        readiness: { description: 'Can it serve? Decides whether the instance is ready.', $ref: '#/$defs/probe' },
        liveness: { description: 'Is it still well? A failure restarts the container alone.', $ref: '#/$defs/probe' },
      },
      additionalProperties: false,
    },
    probe: {
      title: 'ProbeSpec',
      description: 'How to ask, and how often.',
      type: 'object',
      properties: {
        exec: {
          title: 'ExecProbeSpec',
          description: 'A command; exit code 0 is a success.',
          type: 'object',
          properties: {
            cmd: {
              description: 'The command and its arguments.',
              type: 'array',
              items: { $ref: '#/$defs/argument' },
              examples: [['/bin/server', '--port', '8080']],
              minItems: 1,
            },
          },
          additionalProperties: false,
          required: ['cmd'],
        },
        tcp: {
          title: 'TcpProbeSpec',
          description: 'A connection; being accepted is a success.',
          type: 'object',
          properties: { port: { description: 'The port to connect to.', $ref: '#/$defs/port' } },
          additionalProperties: false,
          required: ['port'],
        },
        http: { description: 'A request; a status from 200 to 399 is a success.', $ref: '#/$defs/http-probe' },
        'initial-delay': { description: 'Wait before the first question.', $ref: '#/$defs/duration', default: '0s' },
        timeout: { description: 'The longest an answer may take.', $ref: '#/$defs/duration', default: '1s' },
        period: { description: 'Time between two questions.', $ref: '#/$defs/duration', default: '10s' },
        'success-threshold': {
          description: 'Successes in a row that count as well.',
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          default: 1,
          examples: [1],
        },
        'failure-threshold': {
          description: 'Failures in a row that count as not well.',
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          default: 3,
          examples: [3],
        },
      },
      additionalProperties: false,
      oneOf: [{ required: ['exec'] }, { required: ['tcp'] }, { required: ['http'] }],
    },
    'http-probe': {
      title: 'HttpProbeSpec',
      description: 'A GET request.',
      type: 'object',
      properties: {
        scheme: {
          description: 'Protocol of the request.',
          type: 'string',
          enum: ['http', 'https'],
          default: 'http',
          examples: ['https'],
        },
        host: { description: 'Host asked; by default the instance itself.', $ref: '#/$defs/host-name' },
        port: { description: 'Port asked.', $ref: '#/$defs/port' },
        path: {
          description: 'Path of the request.',
          type: 'string',
          pattern: '^/[\\u0021-\\u007e]*$',
          default: '/',
          maxLength: 2048,
          'x-expects': 'a path (it begins with "/" and holds no spaces)',
          examples: ['/healthz'],
        },
        'request-headers': {
          description: 'Headers sent along.',
          type: 'object',
          propertyNames: { format: 'header-name' },
          additionalProperties: { type: 'string', writeOnly: true, format: 'header-value' },
          examples: [{ Accept: 'application/json' }],
        },
      },
      additionalProperties: false,
      required: ['port'],
    },
    vm: {
      title: 'VmSpec',
      description: 'A virtual machine. Its fields are not settled yet; whatever stands here is kept.',
      type: 'object',
      properties: {},
      additionalProperties: true,
    },
    'service-network': {
      title: 'ServiceNetworkSpec',
      description: 'The network of an instance beyond the application network.',
      type: 'object',
      properties: {
        host: {
          description: 'Uses the network of the host itself.',
          type: 'boolean',
          default: false,
          examples: [true],
        },
        'ingress-ip-per-instance': {
          description: 'Gives every instance an address that is reachable from outside.',
          $ref: '#/$defs/ingress',
        },
        'outbound-access': { description: 'What the instances may connect to.', $ref: '#/$defs/outbound-access' },
      },
      additionalProperties: false,
    },
    ingress: {
      title: 'IngressSpec',
      description: 'An address from outside, and what is let in.',
      type: 'object',
      properties: {
        protocols: {
          description: 'Protocols and ports let in.',
          type: 'array',
          items: { $ref: '#/$defs/ingress-protocol' },
        },
        'match-interface-labels': {
          description: 'Only host interfaces whose labels match are considered.',
          $ref: '#/$defs/label-expression',
        },
        'match-ipv4-range-labels': {
          description: 'Only address ranges whose labels match are considered.',
          $ref: '#/$defs/label-expression',
        },
        'dns-records': { description: 'Records that point at the address.', $ref: '#/$defs/ingress-dns-records' },
        'inbound-access': { description: 'From where connections are let in.', $ref: '#/$defs/outbound-access' },
      },
      additionalProperties: false,
    },
    'ingress-protocol': {
      title: 'IngressProtocolSpec',
      description: 'A protocol and its ports.',
      type: 'object',
      properties: {
        name: { description: 'The protocol.', type: 'string', enum: ['tcp', 'udp', 'icmp', 'sctp'], examples: ['tcp'] },
        'port-ranges': { description: 'The ports let in.', $ref: '#/$defs/port-ranges' },
      },
      additionalProperties: false,
      required: ['name'],
    },
    'ingress-dns-records': {
      title: 'IngressDnsRecordsSpec',
      description: 'Records by domain.',
      type: 'object',
      properties: {
        domains: { description: 'The domains.', type: 'array', items: { $ref: '#/$defs/ingress-dns-domain' } },
      },
      additionalProperties: false,
      required: ['domains'],
    },
    'ingress-dns-domain': {
      title: 'IngressDnsDomainSpec',
      description: 'Records of one domain.',
      type: 'object',
      properties: {
        domain: { description: 'The domain; `default` is that of the site.', $ref: '#/$defs/dns-label' },
        srv: {
          description: 'Service records; their target is the instance.',
          type: 'array',
          items: { $ref: '#/$defs/ingress-srv-record' },
        },
      },
      additionalProperties: false,
      required: ['domain'],
    },
    'ingress-srv-record': {
      title: 'IngressSrvRecordSpec',
      description: 'A service record.',
      type: 'object',
      properties: {
        name: { description: 'Left part of the record.', $ref: '#/$defs/dns-label' },
        priority: {
          description: 'Lower is tried first.',
          type: 'integer',
          minimum: 0,
          maximum: 65535,
          default: 0,
          examples: [0],
        },
        weight: {
          description: 'Share among records of one priority.',
          type: 'integer',
          minimum: 0,
          maximum: 65535,
          default: 0,
          examples: [100],
        },
        port: { description: 'The port of the service.', $ref: '#/$defs/port' },
      },
      additionalProperties: false,
      required: ['name', 'port'],
    },
    'outbound-access': {
      title: 'AccessPolicySpec',
      description: 'Everything, nothing, or rules by address.',
      type: 'object',
      properties: {
        'allow-all': {
          description: 'Everything is allowed.',
          type: 'boolean',
          examples: [true],
          enum: [true],
          'x-expects': 'true (give `deny-all: true` for the opposite)',
        },
        'deny-all': {
          description: 'Nothing is allowed.',
          type: 'boolean',
          examples: [true],
          enum: [true],
          'x-expects': 'true (give `allow-all: true` for the opposite)',
        },
        'default-action': { description: 'What happens to addresses no rule covers.', $ref: '#/$defs/access-action' },
        rules: {
          description: 'Action by IPv4 prefix; the longest prefix that covers an address decides.',
          type: 'object',
          propertyNames: { format: 'ipv4-prefix' },
          additionalProperties: { $ref: '#/$defs/access-action' },
          examples: [{ '192.0.2.0/24': 'deny' }],
        },
      },
      additionalProperties: false,
      oneOf: [{ required: ['allow-all'] }, { required: ['deny-all'] }, { required: ['default-action'] }],
    },
    'access-action': {
      description: 'Whether a connection is let through.',
      type: 'string',
      enum: ['allow', 'deny'],
      examples: ['allow'],
    },
    'dns-records': {
      title: 'DnsRecordsSpec',
      description: 'Records by domain.',
      type: 'object',
      properties: { domains: { description: 'The domains.', type: 'array', items: { $ref: '#/$defs/dns-domain' } } },
      additionalProperties: false,
      required: ['domains'],
    },
    'dns-domain': {
      title: 'DnsDomainSpec',
      description: 'Records of one domain.',
      type: 'object',
      properties: {
        domain: { description: 'The domain; `default` is that of the site.', $ref: '#/$defs/dns-label' },
        srv: { description: 'Service records.', type: 'array', items: { $ref: '#/$defs/srv-record' } },
        cname: { description: 'Aliases.', type: 'array', items: { $ref: '#/$defs/cname-record' } },
        naptr: { description: 'Naming authority pointers.', type: 'array', items: { $ref: '#/$defs/naptr-record' } },
      },
      additionalProperties: false,
      required: ['domain'],
    },
    'srv-record': {
      title: 'SrvRecordSpec',
      description: 'A service record.',
      type: 'object',
      properties: {
        name: { description: 'Left part of the record.', $ref: '#/$defs/dns-label' },
        priority: {
          description: 'Lower is tried first.',
          type: 'integer',
          minimum: 0,
          maximum: 65535,
          default: 0,
          examples: [1],
        },
        weight: {
          description: 'Share among records of one priority.',
          type: 'integer',
          minimum: 0,
          maximum: 65535,
          default: 0,
          examples: [100],
        },
        port: { description: 'The port of the service.', $ref: '#/$defs/port' },
        target: { description: 'The host that serves.', $ref: '#/$defs/host-name' },
      },
      additionalProperties: false,
      required: ['name', 'port', 'target'],
    },
    'cname-record': {
      title: 'CnameRecordSpec',
      description: 'An alias.',
      type: 'object',
      properties: {
        name: { description: 'Left part of the record.', $ref: '#/$defs/dns-label' },
        cname: { description: 'The name it stands for.', $ref: '#/$defs/host-name' },
      },
      additionalProperties: false,
      required: ['name', 'cname'],
    },
    'naptr-record': {
      title: 'NaptrRecordSpec',
      description: 'A naming authority pointer.',
      type: 'object',
      properties: {
        name: { description: 'Left part of the record.', $ref: '#/$defs/dns-label' },
        order: { description: 'Lower is tried first.', type: 'integer', minimum: 0, maximum: 65535, examples: [102] },
        preference: {
          description: 'Lower is tried first among records of one order.',
          type: 'integer',
          minimum: 0,
          maximum: 65535,
          examples: [10],
        },
        flags: {
          description: 'How the next step is taken.',
          type: 'string',
          pattern: '^[A-Za-z0-9]*$',
          maxLength: 16,
          'x-expects': 'flags (letters and digits)',
          examples: ['U'],
        },
        services: {
          description: 'The service and protocol.',
          type: 'string',
          maxLength: 255,
          'x-expects': 'a service field of at most 255 characters',
          examples: ['E2U+sip'],
        },
        regexp: {
          description: 'The substitution.',
          type: 'string',
          maxLength: 255,
          'x-expects': 'a substitution of at most 255 characters',
          examples: ['!^.*$!sip:desk@example.com!'],
        },
        replacement: {
          description: 'The next name to look up, in place of a substitution.',
          type: 'string',
          maxLength: 253,
          'x-expects': 'a DNS name',
          examples: ['_sip._udp.example.com'],
        },
      },
      additionalProperties: false,
      required: ['name', 'order', 'preference'],
    },
    resources: {
      title: 'ResourcesSpec',
      description: 'Limits for the application as a whole.',
      type: 'object',
      properties: {
        network: { description: 'Limits on the network of each host.', $ref: '#/$defs/network-resources' },
      },
      additionalProperties: false,
    },
    'network-resources': {
      title: 'NetworkResourcesSpec',
      description: 'Bandwidth on each host.',
      type: 'object',
      properties: {
        'upstream-bandwidth-per-host': {
          description: 'Most the application may send from a host.',
          $ref: '#/$defs/bandwidth',
        },
        'downstream-bandwidth-per-host': {
          description: 'Most the application may receive on a host.',
          $ref: '#/$defs/bandwidth',
        },
      },
      additionalProperties: false,
    },
    'application-network': {
      title: 'ApplicationNetworkSpec',
      description: 'The network between the instances of the application.',
      type: 'object',
      properties: {
        'shared-application-network': {
          description:
            'A network shared with other applications of the tenant that name it. On it, instances find one another by the names that hold the application (`web.shop`, `web.shop.internal`); all of them together have at most 61 addresses.',
          $ref: '#/$defs/name',
        },
      },
      additionalProperties: false,
    },
    'upgrade-from': {
      title: 'UpgradeFromSpec',
      description: 'How to upgrade from the versions that match.',
      type: 'object',
      properties: {
        'version-regexp': { description: 'Searched for in the version that runs.', $ref: '#/$defs/regexp' },
        method: {
          description: 'Service by service in batches, or everything at once.',
          type: 'string',
          enum: ['per-service', 'stop-and-restart'],
          examples: ['per-service'],
        },
        services: {
          description: 'The services in the order they are upgraded.',
          type: 'array',
          items: { $ref: '#/$defs/upgrade-service' },
        },
        'progress-deadline': {
          description: 'The longest a batch may take to become ready; pulls do not count (extension).',
          $ref: '#/$defs/duration',
          default: '10m',
        },
        'on-failure': {
          description:
            'What happens after a failed upgrade: everything stays as it is, or the old version comes back (extension).',
          type: 'string',
          enum: ['stop', 'rollback'],
          default: 'stop',
          examples: ['rollback'],
        },
      },
      additionalProperties: false,
      required: ['version-regexp', 'method'],
    },
    'upgrade-service': {
      title: 'UpgradeServiceSpec',
      description: 'The batches of one service.',
      type: 'object',
      properties: {
        name: { description: 'The service.', $ref: '#/$defs/name' },
        'instances-in-parallel': {
          description: 'Size of a batch.',
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          default: 1,
          examples: [1],
        },
        'healthy-time': {
          description: 'How long a batch must be ready before the next begins.',
          $ref: '#/$defs/duration',
          default: '0s',
        },
      },
      additionalProperties: false,
      required: ['name'],
    },
  },
};

export const applicationDeploymentSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://fairlead.dev/schemas/application-deployment.schema.json',
  title: 'ApplicationDeploymentSpec',
  description: 'Brings one application to a set of sites.',
  type: 'object',
  properties: {
    name: { description: 'Name of the deployment, unique in its tenant.', $ref: '#/$defs/name' },
    application: { description: 'The application. No other deployment may name it.', $ref: '#/$defs/name' },
    'application-version': {
      description:
        'The version to run: `*` is whatever the application file holds, any other is the latest valid text of that version in the history of the repository. Where there is none, what runs stays.',
      type: 'string',
      pattern: '^(\\*|[a-zA-Z0-9.+-]+)$',
      maxLength: 128,
      default: '*',
      'x-expects': 'a version or "*" (any)',
      examples: ['*', '2.4.2'],
    },
    suspend: {
      description:
        'Nothing is changed of what it deploys, neither made nor upgraded nor removed, until this is gone; its state is still shown, and what runs is kept running (extension).',
      type: 'boolean',
      default: false,
      examples: [true],
    },
    placement: { description: 'The sites.', $ref: '#/$defs/site-placement' },
    'deploy-to-sites': {
      description: 'Roll-out of a changed application-version over the sites; without it all sites change at once.',
      $ref: '#/$defs/deploy-to-sites',
      'x-not-supported-yet': true,
    },
  },
  additionalProperties: false,
  required: ['name', 'application', 'placement'],
  $defs: {
    name: {
      description: 'A name that can be part of a DNS name.',
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      'x-expects':
        'a name (lower-case letters, digits and hyphens, a letter or digit at both ends, at most 63 characters)',
      examples: ['shop', 'web-frontend'],
    },
    duration: {
      description: 'A length of time: numbers with the units d, h, m, s and ms.',
      type: 'string',
      format: 'duration',
      examples: ['10s', '1h30m', '500ms'],
      'x-unit': '`ms` … `d`',
    },
    'label-expression': {
      description:
        'A condition on labels: `label = value`, `label ~ regexp`, a bare label (present), `{}` (no labels), joined by and, or, not and parentheses.',
      type: 'string',
      format: 'label-expression',
      maxLength: 4096,
      examples: ['system/type = edge', 'example.com/canary and not (region = "north")'],
    },
    'site-placement': {
      title: 'SitePlacementSpec',
      description: 'Every site, or those whose labels match.',
      type: 'object',
      properties: {
        'all-sites': {
          title: 'AllSitesSpec',
          description: 'Every site; written as an empty object.',
          type: 'object',
          properties: {},
          additionalProperties: false,
          examples: [{}],
        },
        'match-site-labels': { description: 'Only sites whose labels match.', $ref: '#/$defs/label-expression' },
      },
      additionalProperties: false,
      oneOf: [{ required: ['all-sites'] }, { required: ['match-site-labels'] }],
    },
    'deploy-to-sites': {
      title: 'DeployToSitesSpec',
      description: 'Some sites first, the rest in batches.',
      type: 'object',
      properties: {
        'canary-sites': { description: 'The sites that go first.', $ref: '#/$defs/site-placement' },
        'canary-healthy-time': {
          description: 'How long the first sites must be healthy before the rest follows.',
          $ref: '#/$defs/duration',
        },
        'canary-continue-by-action': {
          title: 'ContinueByActionSpec',
          description: 'Wait for a person to say go on; written as an empty object.',
          type: 'object',
          properties: {},
          additionalProperties: false,
          examples: [{}],
        },
        'sites-in-parallel': {
          description: 'Size of a batch of sites; all at once when left out.',
          type: 'integer',
          minimum: 1,
          maximum: 100000,
          examples: [10],
        },
        'healthy-time': {
          description: 'How long a batch must be healthy before the next begins.',
          $ref: '#/$defs/duration',
        },
      },
      additionalProperties: false,
      not: { required: ['canary-healthy-time', 'canary-continue-by-action'] },
    },
  },
};

export const siteSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://fairlead.dev/schemas/site.schema.json',
  title: 'SiteSpec',
  description:
    'A site: a place with a Docker host that applications are deployed to. A repository without any has one, called `local`.',
  type: 'object',
  properties: {
    name: { description: 'Name of the site.', $ref: '#/$defs/name' },
    'descriptive-name': {
      description: 'What people call it.',
      type: 'string',
      minLength: 1,
      maxLength: 256,
      'x-expects': 'a text of 1 to 256 characters',
      examples: ['Stockholm, Old Town'],
    },
    type: {
      description: 'Whether it is a site at the edge or the one above them. Deployments select by it as `system/type`.',
      type: 'string',
      enum: ['edge', 'top'],
      default: 'edge',
      examples: ['top'],
    },
    labels: {
      description: 'Labels of the site, which deployments select by.',
      type: 'object',
      propertyNames: { format: 'label-name' },
      additionalProperties: { type: 'string', maxLength: 4096, 'x-expects': 'a text of at most 4096 characters' },
      examples: [{ 'example.com/region': 'north' }],
    },
    exec: {
      description:
        'Whether commands may be run and connections be made in service instances at the site through the API, by those who have the role for it. `forbidden` is for everybody; it ends no session that is open.',
      type: 'string',
      enum: ['allowed', 'forbidden'],
      default: 'allowed',
      examples: ['forbidden'],
    },
    timezone: {
      description: 'The time zone of the site, which upgrade windows mean by `site-local` (extension).',
      $ref: '#/$defs/time-zone',
      default: 'UTC',
    },
    'application-upgrade-windows': {
      description: 'When upgrades may begin: outside of all of these a new version waits. Left out, at any time.',
      type: 'array',
      items: { $ref: '#/$defs/upgrade-window' },
      minItems: 1,
      maxItems: 64,
    },
    'application-upgrades-blocked': {
      description: 'No upgrade begins at the site, whatever the windows say. What is new is started all the same.',
      type: 'boolean',
      default: false,
      examples: [true],
    },
    hosts: {
      description: 'The hosts of the site; one, for now.',
      type: 'array',
      items: { $ref: '#/$defs/host' },
      minItems: 1,
      maxItems: 1,
      'x-expects': 'one host (sites of several hosts are not supported yet)',
    },
  },
  additionalProperties: false,
  required: ['name', 'hosts'],
  $defs: {
    name: {
      description: 'A name that can be part of a DNS name.',
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      'x-expects':
        'a name (lower-case letters, digits and hyphens, a letter or digit at both ends, at most 63 characters)',
      examples: ['shop', 'web-frontend'],
    },
    'time-zone': {
      description: 'A time zone by its name in the IANA database.',
      type: 'string',
      format: 'time-zone',
      maxLength: 64,
      examples: ['Europe/Stockholm'],
    },
    'upgrade-window': {
      title: 'UpgradeWindowSpec',
      description: 'A time, again and again, in which upgrades may begin.',
      type: 'object',
      properties: {
        'days-of-week': {
          description: 'The days on which it opens, with commas between them; left out, every day.',
          type: 'string',
          format: 'days-of-week',
          examples: ['Saturday, Sunday'],
        },
        'start-time': {
          description:
            'When it opens on these days, hours and minutes of a day of 24 hours. Where a change of the clock leaves that out it opens as much later, and where it comes twice, the first time.',
          type: 'string',
          format: 'time-of-day',
          examples: ['02:00'],
        },
        timezone: {
          description:
            'Whose clock that is: a time zone by its name in the IANA database, or `site-local`, that of the site.',
          type: 'string',
          format: 'window-time-zone',
          maxLength: 64,
          default: 'site-local',
          examples: ['site-local', 'Europe/Stockholm'],
        },
        duration: {
          description:
            'How long it stays open, over midnight if need be. It is time that passes: a change of the clock does not alter it.',
          type: 'string',
          format: 'window-duration',
          examples: ['3h'],
          'x-unit': '`ms` … `d`',
        },
      },
      additionalProperties: false,
      required: ['start-time', 'duration'],
    },
    host: {
      title: 'HostSpec',
      description: 'A Docker host, and what it has that containers can ask for.',
      type: 'object',
      properties: {
        name: { description: 'Name of the host, called `cluster-hostname` in its state.', $ref: '#/$defs/name' },
        labels: {
          description: 'Labels of the host, which services select by with `match-host-labels`.',
          type: 'object',
          propertyNames: { format: 'label-name' },
          additionalProperties: { type: 'string', maxLength: 4096, 'x-expects': 'a text of at most 4096 characters' },
          examples: [{ 'example.com/speed': 'fast' }],
        },
        devices: {
          description: 'Devices of the host that containers may ask for.',
          type: 'array',
          items: { $ref: '#/$defs/device' },
          maxItems: 256,
        },
        gpus: {
          description: 'Graphics processors of the host.',
          type: 'array',
          items: { $ref: '#/$defs/host-gpu' },
          maxItems: 64,
          'x-needs': 'the NVIDIA container runtime on the engine',
        },
        'local-volumes': {
          description:
            'Storage of the host that volumes are made on, the usual one first. Left out, there is one called `default` in the store of the engine.',
          type: 'array',
          items: { $ref: '#/$defs/local-volume' },
          maxItems: 64,
        },
      },
      additionalProperties: false,
      required: ['name'],
    },
    device: {
      title: 'HostDeviceSpec',
      description: 'A device file.',
      type: 'object',
      properties: {
        path: {
          description: 'The device file on the host; in a container it is at the same place.',
          type: 'string',
          pattern: '^/dev/[^:\\u0000]+$',
          maxLength: 4096,
          'x-expects': 'the path of a device (it begins with "/dev/")',
          examples: ['/dev/rtc0'],
          'x-needs': 'the device to be there when a container starts',
        },
        'device-labels': {
          description: 'Labels that containers ask for it by.',
          type: 'array',
          items: { $ref: '#/$defs/name' },
          examples: [['rtc']],
        },
      },
      additionalProperties: false,
      required: ['path'],
    },
    'host-gpu': {
      title: 'HostGpuSpec',
      description: 'A graphics processor.',
      type: 'object',
      properties: {
        id: {
          description: 'Its id as the driver knows it (`nvidia-smi -L`).',
          type: 'string',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
          maxLength: 128,
          'x-expects': 'the id of a graphics processor',
          examples: ['GPU-de663f3f-5f5b-4d2e-9a4e-3c1f7c1f0a11'],
        },
        labels: {
          description: 'Labels that containers ask for it by.',
          type: 'array',
          items: { $ref: '#/$defs/name' },
          examples: [['gpu-all']],
        },
        properties: {
          description: 'Properties that `nvidia-patterns` look at.',
          type: 'object',
          propertyNames: { format: 'gpu-property' },
          additionalProperties: { type: 'string', maxLength: 256, 'x-expects': 'a text of at most 256 characters' },
          examples: [{ 'display-mode': 'Enabled' }],
        },
      },
      additionalProperties: false,
      required: ['id'],
    },
    'local-volume': {
      title: 'LocalVolumeSpec',
      description: 'Storage that volumes are made on.',
      type: 'object',
      properties: {
        name: { description: 'Name of the storage, unique on its host.', $ref: '#/$defs/name' },
        path: {
          description:
            'The folder of the host in which each volume gets a folder of its own; left out, it is the store of the engine.',
          type: 'string',
          pattern: '^/[^:\\u0000]+$',
          maxLength: 4096,
          'x-expects': 'the absolute path of a folder (it begins with "/", is not "/" itself and has no ":")',
          examples: ['/srv/volumes'],
        },
        labels: {
          description: 'Labels of the storage, which volumes select by with `match-volume-labels`.',
          type: 'object',
          propertyNames: { format: 'label-name' },
          additionalProperties: { type: 'string', maxLength: 4096, 'x-expects': 'a text of at most 4096 characters' },
          examples: [{ 'example.com/speed': 'fast' }],
        },
      },
      additionalProperties: false,
      required: ['name'],
    },
  },
};

export const tenantSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://fairlead.dev/schemas/tenant.schema.json',
  title: 'TenantSpec',
  description: 'Settings of a tenant, in `tenant.yaml` in its folder. A tenant without has the defaults.',
  type: 'object',
  properties: {
    name: {
      description: 'Name of the tenant, which is that of its folder. May be left out.',
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      'x-expects':
        'a name (lower-case letters, digits and hyphens, a letter or digit at both ends, at most 63 characters)',
      examples: ['acme'],
    },
    exec: {
      description:
        'Whether commands may be run and connections be made in the service instances of the tenant through the API, by those who have the role for it. `forbidden` is for everybody, the site provider included; it ends no session that is open.',
      type: 'string',
      enum: ['allowed', 'forbidden'],
      default: 'allowed',
      examples: ['forbidden'],
    },
  },
  additionalProperties: false,
};

export const policySchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://fairlead.dev/schemas/policy.schema.json',
  title: 'PolicySpec',
  description:
    'What applications may ask for: `policy.yaml` beside `tenants/` says it for every tenant, one in the folder of a tenant for that tenant as well. Every rule of both has to be kept, so a tenant can only tighten. What a policy does not name is not restricted.',
  type: 'object',
  properties: {
    images: { description: 'Where images may come from, and how they are named.', $ref: '#/$defs/image-rules' },
    containers: {
      description: 'What containers may have of their host beside a share of its processors and memory.',
      $ref: '#/$defs/container-rules',
    },
    resources: { description: 'Limits that containers have to have.', $ref: '#/$defs/resource-rules' },
    quotas: { description: 'How much a tenant may have.', $ref: '#/$defs/quotas' },
    tenants: {
      description:
        'Rules of single tenants, in `policy.yaml` beside `tenants/` only. A rule that is named here stands in place of the one above, be it stricter or not; rules that are not named here stay as they are above.',
      type: 'object',
      propertyNames: { format: 'tenant-name' },
      additionalProperties: { $ref: '#/$defs/tenant-rules' },
    },
  },
  additionalProperties: false,
  $defs: {
    'tenant-rules': {
      title: 'TenantRulesSpec',
      description: 'Rules of one tenant.',
      type: 'object',
      properties: {
        images: { description: 'Where images may come from, and how they are named.', $ref: '#/$defs/image-rules' },
        containers: {
          description: 'What containers may have of their host beside a share of its processors and memory.',
          $ref: '#/$defs/container-rules',
        },
        resources: { description: 'Limits that containers have to have.', $ref: '#/$defs/resource-rules' },
        quotas: { description: 'How much the tenant may have.', $ref: '#/$defs/quotas' },
      },
      additionalProperties: false,
    },
    'image-rules': {
      title: 'ImageRulesSpec',
      description: 'Rules about images, those of init containers included.',
      type: 'object',
      properties: {
        registries: {
          description: 'Images may come from these alone. An empty list allows none.',
          type: 'array',
          items: { $ref: '#/$defs/registry' },
          maxItems: 256,
          examples: [['docker.io/library', 'ghcr.io/acme']],
        },
        'denied-registries': {
          description:
            'Images may not come from these, be they allowed or not. The same image is often to be had elsewhere: `registries` is the stronger rule.',
          type: 'array',
          items: { $ref: '#/$defs/registry' },
          maxItems: 256,
          examples: [['docker.io/library/alpine']],
        },
        require: {
          description:
            'What images have to have. `digest`: the name is pinned by `@sha256:…`, so what runs is what was reviewed. `signature`: a signature by one of the keys in `signed-by`, as cosign makes them; checked by the daemon before anything is made from an image.',
          type: 'string',
          enum: ['nothing', 'digest', 'signature', 'digest-and-signature'],
          default: 'nothing',
          examples: ['signature'],
        },
        'signed-by': {
          description: 'Keys that are trusted to sign images; a signature by any one of them will do.',
          type: 'array',
          items: { $ref: '#/$defs/image-key' },
          maxItems: 32,
        },
      },
      additionalProperties: false,
    },
    'image-key': {
      title: 'ImageKeySpec',
      description: 'A key that signs images.',
      type: 'object',
      properties: {
        name: {
          description: 'What people call it; what is told of signatures names it so.',
          type: 'string',
          pattern: '^[A-Za-z0-9]([A-Za-z0-9._ -]*[A-Za-z0-9])?$',
          maxLength: 63,
          'x-expects': 'a name of letters, digits, `.`, `_`, `-` and spaces',
          examples: ['release'],
        },
        key: {
          description:
            'The public key in PEM form, as `cosign generate-key-pair` writes it to `cosign.pub`: ECDSA on P-256, Ed25519, or RSA of 2048 bits or more.',
          type: 'string',
          format: 'image-key',
          maxLength: 4096,
          writeOnly: true,
          examples: [
            '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFNLqFhf4fiN6o/glAuYnq2jYUeL0\nvRuLu/z39pmbVwS9ff5AYnlwaP9sxREajdLY9ynM6G1sy6AAmb7Z63TsLg==\n-----END PUBLIC KEY-----\n',
          ],
        },
      },
      required: ['name', 'key'],
      additionalProperties: false,
    },
    'container-rules': {
      title: 'ContainerRulesSpec',
      description: 'What is not in a list that is given may not be had; an empty list allows nothing.',
      type: 'object',
      properties: {
        capabilities: {
          description:
            'Linux capabilities that `additional-capabilities` may add, with or without `CAP_`. `ALL` allows every one.',
          type: 'array',
          items: {
            description: 'A Linux capability.',
            type: 'string',
            minLength: 1,
            pattern: '^(CAP_)?[A-Z_]+$',
            'x-expects': 'a Linux capability (for example NET_ADMIN)',
          },
          maxItems: 64,
          examples: [['NET_ADMIN']],
        },
        'device-labels': {
          description: 'Labels by which `devices` may ask for devices of the host; `*` allows every one.',
          type: 'array',
          items: {
            description: 'A label of devices.',
            type: 'string',
            pattern: '^(\\*|[a-z0-9]([a-z0-9-]*[a-z0-9])?)$',
            maxLength: 63,
            'x-expects': 'a label of devices, or `*`',
          },
          maxItems: 256,
          examples: [['rtc']],
        },
        gpus: {
          description: 'Whether containers may ask for graphics processors.',
          type: 'string',
          enum: ['allowed', 'forbidden'],
          default: 'allowed',
          examples: ['forbidden'],
        },
        'host-ports': {
          description:
            'Ports of the host that `ports` may open. `free` allows one that the engine picks, `*` every one.',
          type: 'array',
          items: { description: 'A port, a range, `free` or `*`.', type: 'string', format: 'host-ports' },
          maxItems: 256,
          examples: [['443', '8000-8999', 'free']],
        },
        'security-off': {
          description: 'Mechanisms of mandatory access control that `security` may switch off.',
          type: 'array',
          items: { description: 'A mechanism.', type: 'string', enum: ['apparmor', 'selinux'] },
          maxItems: 16,
          examples: [['apparmor']],
        },
        'volume-labels': {
          description:
            'Label expressions by which volumes may choose storage of the host with `match-volume-labels`, word by word; `*` allows every one. A volume that says nothing lies on the usual storage and is always allowed.',
          type: 'array',
          items: { description: 'A label expression, or `*`.', type: 'string', format: 'volume-labels' },
          maxItems: 256,
          examples: [['example.com/speed = fast']],
        },
      },
      additionalProperties: false,
    },
    'resource-rules': {
      title: 'ResourceRulesSpec',
      description: 'Rules about limits.',
      type: 'object',
      properties: {
        require: {
          description:
            'Limits that every container and init container has to have. A quota of `memory` or `cpus` requires that limit by itself.',
          type: 'array',
          items: { description: 'A limit.', type: 'string', enum: ['memory', 'cpus'] },
          maxItems: 2,
          examples: [['memory', 'cpus']],
        },
      },
      additionalProperties: false,
    },
    quotas: {
      title: 'QuotasSpec',
      description:
        'What all applications of a tenant may have together at one site. An instance counts with the limits of its containers together, or with those of an init container where that has more.',
      type: 'object',
      properties: {
        instances: {
          description: 'Service instances.',
          type: 'integer',
          minimum: 0,
          maximum: 1000000,
          examples: [10],
          'x-unit': 'instances',
        },
        memory: { description: 'Memory.', type: 'string', format: 'size', examples: ['4 GiB'], 'x-unit': 'bytes' },
        cpus: {
          description: 'Processor time, in processors.',
          type: 'number',
          minimum: 0,
          maximum: 1000000,
          examples: [8],
          'x-unit': 'processors',
        },
      },
      additionalProperties: false,
    },
    registry: {
      description:
        'A registry (`ghcr.io`, `registry.example.com:5000`) or a path in one, of whole parts (`ghcr.io/acme` is `ghcr.io/acme/web` as well, and not `ghcr.io/acmecorp/web`). An image without a registry is one of `docker.io`, `busybox` is `docker.io/library/busybox`. `*` is every one.',
      type: 'string',
      format: 'registry',
      examples: ['ghcr.io/acme'],
    },
  },
};
