// Made from schemas/ by scripts/generate.ts. Change the schema and run `npm run generate`.

import type { NamedSchemas } from './compose-schemas.ts';

export const documentSchemas: NamedSchemas = {
  Application: {
    description: 'An application: services that are deployed together under one name and one version.',
    'x-extends': 'ApplicationSpec',
    properties: {
      tenant: {
        description: 'Whose it is: in what the site provider sees of every tenant at once, and sends there.',
        $ref: '#/$defs/Name',
        examples: ['acme'],
      },
    },
    required: ['name', 'services'],
    examples: [
      {
        name: 'shop',
        version: '2.4.2',
        labels: { 'example.com/team': 'checkout' },
        services: [
          {
            name: 'web',
            mode: 'replicated',
            replicas: 3,
            volumes: [
              { name: 'cache', 'ephemeral-volume': { size: '1GB', 'file-mode': '770' } },
              {
                name: 'settings',
                'config-map': { items: [{ name: 'shop.conf', data: 'site = ${SYS_SITE}\n', 'file-mode': '444' }] },
              },
            ],
            containers: [
              {
                name: 'nginx',
                image: 'nginx:1.28',
                memory: '128MiB',
                env: { LOG_LEVEL: 'info' },
                ports: [{ 'container-port': 80, 'host-port': 8080 }],
                mounts: [
                  { 'volume-name': 'cache', 'mount-path': '/var/cache/nginx' },
                  {
                    'volume-name': 'settings',
                    files: [{ name: 'shop.conf', 'mount-path': '/etc/nginx/conf.d/shop.conf' }],
                  },
                ],
                probes: { readiness: { http: { port: 80, path: '/ready' }, period: '5s' } },
              },
            ],
          },
        ],
        'upgrade-from': [
          {
            'version-regexp': '^2',
            method: 'per-service',
            services: [{ name: 'web', 'instances-in-parallel': 1, 'healthy-time': '30s' }],
          },
        ],
      },
    ],
  },
  ApplicationState: {
    description:
      'An application as it is to run, with what is seen of it. The keys of the specification are absent while no valid text of it is known.',
    'x-extends': 'Application',
    properties: {
      services: {
        description: 'The services of the application, with the state of every image.',
        type: 'array',
        items: { $ref: '#/$defs/ServiceWithImages' },
      },
      'config-modified-time': {
        description: 'When its text, or that of its deployment, last changed.',
        $ref: '#/$defs/Time',
      },
      'locally-deployed': { description: 'Whether it is deployed to this site.', type: 'boolean', examples: [true] },
      'application-deployment': {
        description: 'The deployment that brings it to this site.',
        $ref: '#/$defs/Name',
        examples: ['shop-everywhere'],
      },
      'oper-status': { description: 'How it is.', $ref: '#/$defs/OperStatus', examples: ['running'] },
      'error-message': { $ref: '#/$defs/ErrorMessage' },
      progress: {
        description: 'An upgrade under way, or what waits and why, in a sentence (extension).',
        type: 'string',
        examples: ['version 1.0 → 2.0, batch 2 of 4: 3 done, 7 left; waiting for web-3 to be ready'],
      },
      upgrade: { description: 'An upgrade under way, in figures (extension).', $ref: '#/$defs/Upgrade' },
      waiting: { description: 'Why nothing of it changes now (extension).', $ref: '#/$defs/Waiting' },
      warnings: {
        description: 'What it asks for and does not get (extension).',
        type: 'array',
        items: { description: 'A sentence.', type: 'string' },
        examples: [['services[0].containers[0].approle is not supported yet']],
      },
      'service-instances': {
        description: 'Its instances on this site.',
        type: 'array',
        items: { $ref: '#/$defs/ServiceInstance' },
      },
    },
    required: ['name', 'config-modified-time', 'locally-deployed', 'oper-status', 'warnings', 'service-instances'],
    examples: [
      {
        name: 'shop',
        version: '2.4.2',
        labels: { 'example.com/team': 'checkout' },
        services: [
          {
            name: 'web',
            mode: 'replicated',
            replicas: 1,
            containers: [
              {
                name: 'nginx',
                image: 'nginx:1.28',
                'image-status': {
                  status: 'present',
                  digest: 'sha256:4266485e304a825d82c375d3584121b53c802e3540d6b520b212a9f1f4a9d6c1',
                  'last-pull': '2026-03-14T09:26:48.885Z',
                  'pull-time': '2s',
                },
              },
            ],
          },
        ],
        'config-modified-time': '2026-03-14T09:26:40.000Z',
        'locally-deployed': true,
        'application-deployment': 'shop-everywhere',
        'oper-status': 'running',
        warnings: [],
        'service-instances': [
          {
            name: 'web-1',
            'application-version': '2.4.2',
            'oper-status': 'running',
            ready: true,
            host: 'host-001',
            'application-network': {
              ips: ['10.201.0.2/26'],
              'dns-records': ['web-1.shop.internal. 600 IN A 10.201.0.2', 'web.shop.internal. 600 IN A 10.201.0.2'],
            },
            'gateway-network': { ips: ['10.201.0.2/26'] },
            'ephemeral-volumes': [],
            'persistent-volumes': [],
            'init-containers': [],
            containers: [
              {
                name: 'nginx',
                id: '75be6d60d41f',
                'oper-status': 'running',
                ready: true,
                'start-time': '2026-03-14T09:26:53.589Z',
                'current-restarts': 0,
                'total-restarts': 0,
                probes: { readiness: { status: 'success' } },
                devices: [],
                gpus: [],
              },
            ],
          },
        ],
      },
    ],
  },
  Waiting: {
    description: 'Why an application is kept as it is, and what waits.',
    type: 'object',
    properties: {
      what: {
        description:
          'What waits: its start, another version, any other change, or its removal. With `nothing` it is as wished, and would wait.',
        type: 'string',
        enum: ['start', 'upgrade', 'change', 'removal', 'nothing'],
        examples: ['upgrade'],
      },
      cause: {
        description:
          'Why: its deployment is suspended, upgrades are blocked at the site, no upgrade window of the site is open, an application that it depends on is not ready or not upgraded yet, or is not deployed here.',
        type: 'string',
        enum: ['suspended', 'upgrades-blocked', 'upgrade-window', 'dependency', 'missing-dependency'],
        examples: ['upgrade-window'],
      },
      message: {
        description: 'That in a sentence.',
        type: 'string',
        examples: [
          'version 2.0 waits: no upgrade window of site local is open; the next opens at 2026-03-14T02:00:00.000Z',
        ],
      },
      version: { description: 'The version it would be brought to.', $ref: '#/$defs/Version', examples: ['2.0'] },
      until: {
        description: 'When it goes on at the latest, if nothing happens; absent where that is not told by the clock.',
        $ref: '#/$defs/Time',
      },
    },
    required: ['what', 'cause', 'message'],
    additionalProperties: false,
    examples: [
      {
        what: 'upgrade',
        cause: 'upgrade-window',
        message:
          'version 2.0 waits: no upgrade window of site local is open; the next opens at 2026-03-14T02:00:00.000Z',
        version: '2.0',
        until: '2026-03-14T02:00:00.000Z',
      },
    ],
  },
  ServiceWithImages: {
    description: 'A service, with the state of the image of every container.',
    'x-extends': 'ServiceSpec',
    properties: {
      'init-containers': {
        description: 'Containers that run one after another, each to its end, before the containers start.',
        type: 'array',
        items: { $ref: '#/$defs/InitContainerWithImage' },
      },
      containers: {
        description: 'The containers of an instance.',
        type: 'array',
        items: { $ref: '#/$defs/ContainerWithImage' },
      },
    },
    required: ['name'],
  },
  InitContainerWithImage: {
    description: 'An init container, with the state of its image.',
    'x-extends': 'InitContainerSpec',
    properties: { 'image-status': { $ref: '#/$defs/ImageStatus' } },
    required: ['name', 'image', 'image-status'],
  },
  ContainerWithImage: {
    description: 'A container, with the state of its image.',
    'x-extends': 'ContainerSpec',
    properties: { 'image-status': { $ref: '#/$defs/ImageStatus' } },
    required: ['name', 'image', 'image-status'],
  },
  ImageStatus: {
    description: 'Whether an image is on the host.',
    type: 'object',
    properties: {
      status: { description: 'How it is.', $ref: '#/$defs/ImageOperStatus', examples: ['present'] },
      digest: {
        description: 'The digest in its repository, else the id of the image; absent until it is here.',
        type: 'string',
        examples: ['sha256:4266485e304a825d82c375d3584121b53c802e3540d6b520b212a9f1f4a9d6c1'],
      },
      'last-pull': { description: 'When it was pulled; only when this daemon did.', $ref: '#/$defs/Time' },
      'pull-time': { description: 'How long that took; only when this daemon did.', type: 'string', examples: ['2s'] },
      'error-message': {
        description: 'Why it could not be pulled.',
        type: 'string',
        examples: ['no such image: nginx:1.82'],
      },
    },
    required: ['status'],
    additionalProperties: false,
  },
  ImageOperStatus: {
    description: 'How an image is.',
    type: 'string',
    enum: ['present', 'pulling', 'missing', 'error'],
  },
  Upgrade: {
    description: 'How far an upgrade is.',
    type: 'object',
    properties: {
      from: {
        description: 'The versions it leads away from; `(none)` stands for none.',
        type: 'array',
        items: { description: 'A version.', type: 'string' },
        examples: [['1.0']],
      },
      to: { description: 'The version it leads to; `(none)` stands for none.', type: 'string', examples: ['2.0'] },
      method: {
        description: 'Instance by instance, or all at once.',
        type: 'string',
        enum: ['per-service', 'stop-and-restart'],
      },
      batch: {
        description: 'The batch it is at, from 1; absent while what is done belongs to none.',
        type: 'integer',
        minimum: 1,
        examples: [2],
      },
      batches: { description: 'How many there are.', type: 'integer', minimum: 1, examples: [4] },
      done: {
        description: 'Instances of the new version that have been ready for their healthy-time.',
        type: 'integer',
        minimum: 0,
        examples: [3],
      },
      left: { description: 'Instances that are not of the new version.', type: 'integer', minimum: 0, examples: [7] },
      'waiting-for': { description: 'What it waits for.', type: 'string', examples: ['web-3 to be ready'] },
      'healthy-at': { description: 'When the healthy-time that is waited for is over.', $ref: '#/$defs/Time' },
      'wait-healthy-timeout': { description: 'How long that is.', type: 'string', examples: ['7m18s'] },
    },
    required: ['from', 'to', 'method', 'done', 'left'],
    additionalProperties: false,
  },
  AuditRecord: {
    description:
      'A use of what reaches into a running instance: who, what, where and when, never what was sent or came back. Keys that do not apply are left out.',
    type: 'object',
    properties: {
      id: {
        description: 'Its name; a later record has a greater one.',
        type: 'string',
        pattern: '^[0-9a-z-]{1,64}$',
        examples: ['20260314t092653589z-5f3a9c01'],
      },
      action: {
        description: 'What was done.',
        type: 'string',
        enum: ['exec', 'exec-interactive', 'connect', 'tcp-connect', 'restart', 'logs'],
      },
      principal: { description: 'Who did it.', $ref: '#/$defs/RunPrincipal' },
      address: { description: 'Where the request came from.', type: 'string', examples: ['192.0.2.17'] },
      site: { description: 'At which site.', $ref: '#/$defs/Name', examples: ['gamla-stan'] },
      tenant: { description: 'Whose application it is.', $ref: '#/$defs/Name', examples: ['acme'] },
      application: { description: 'In which application.', $ref: '#/$defs/Name', examples: ['shop'] },
      'service-instance': { description: 'In which of its service instances.', type: 'string', examples: ['web-1'] },
      container: {
        description: 'In which container or init container of the instance.',
        type: 'string',
        examples: ['nginx'],
      },
      target: { description: 'What a connection was made to.', type: 'string', examples: ['tcp 127.0.0.1:8080'] },
      run: {
        description: 'The id of the run that tells what came of it.',
        type: 'string',
        examples: ['20260314t092653589z-5f3a9c01'],
      },
      'started-at': { description: 'When it began.', $ref: '#/$defs/Time' },
      'ended-at': { description: 'When it ended; absent while it goes on.', $ref: '#/$defs/Time' },
      'exit-code': {
        description: 'Of the command, where it ended and that is known.',
        type: 'integer',
        minimum: 0,
        examples: [0],
      },
      reason: { description: 'Why it ended.', type: 'string', examples: ['the command ended'] },
    },
    required: ['id', 'action', 'site', 'tenant', 'application', 'service-instance', 'started-at'],
    additionalProperties: false,
    examples: [
      {
        id: '20260314t092653589z-5f3a9c01',
        action: 'exec-interactive',
        principal: { name: 'jane', tenant: 'acme' },
        address: '192.0.2.17',
        site: 'gamla-stan',
        tenant: 'acme',
        application: 'shop',
        'service-instance': 'web-1',
        container: 'nginx',
        'started-at': '2026-03-14T09:26:53.589Z',
        'ended-at': '2026-03-14T09:31:12.004Z',
        'exit-code': 0,
        reason: 'the command ended',
      },
    ],
  },
  Health: {
    description: 'That the daemon runs.',
    type: 'object',
    properties: {
      status: { description: 'Always `ok`.', type: 'string', enum: ['ok'] },
      version: { description: 'Of Fairlead.', type: 'string', examples: ['0.1.0'] },
    },
    required: ['status', 'version'],
    additionalProperties: false,
  },
  Readiness: {
    description: 'That every reachable host had one full pass.',
    type: 'object',
    properties: { status: { description: 'Always `ready`.', type: 'string', enum: ['ready'] } },
    required: ['status'],
    additionalProperties: false,
  },
  OpenApi: {
    description: 'A document of OpenAPI 3.1.',
    type: 'object',
    properties: {
      openapi: { description: 'Version of OpenAPI.', type: 'string', examples: ['3.1.1'] },
      info: {
        description: 'What the document describes, and which version of it.',
        type: 'object',
        additionalProperties: true,
        examples: [{ title: 'Fairlead state API', version: '0.1.0' }],
      },
      paths: {
        description: 'Every path with its operations.',
        type: 'object',
        additionalProperties: true,
        examples: [{ '/healthz': {} }],
      },
    },
    required: ['openapi', 'info', 'paths'],
    additionalProperties: true,
  },
  ApplicationDeployment: {
    description: 'Brings one application to a set of sites.',
    'x-extends': 'ApplicationDeploymentSpec',
    properties: {
      tenant: {
        description: 'Whose it is: in what the site provider sees of every tenant at once, and sends there.',
        $ref: '#/$defs/Name',
        examples: ['acme'],
      },
    },
    required: ['name', 'application', 'placement'],
    examples: [
      {
        name: 'shop-everywhere',
        application: 'shop',
        'application-version': '*',
        placement: { 'match-site-labels': 'system/type = edge' },
      },
    ],
  },
  ApplicationDeploymentState: {
    description: 'An application deployment and how far it is.',
    'x-extends': 'ApplicationDeployment',
    properties: {
      'application-version': {
        description: 'The version to run; `*` is whatever the application file holds.',
        type: 'string',
        examples: ['*'],
      },
      status: { description: 'How far it is.', $ref: '#/$defs/DeploymentStatus' },
    },
    required: ['name', 'application', 'application-version', 'placement', 'status'],
    examples: [
      {
        name: 'shop-everywhere',
        application: 'shop',
        'application-version': '*',
        placement: { 'match-site-labels': 'system/type = edge' },
        status: {
          'oper-status': 'deploying',
          'wait-healthy-timeout': '7m18s',
          images: [
            {
              name: 'nginx:1.28',
              status: 'present',
              digest: 'sha256:4266485e304a825d82c375d3584121b53c802e3540d6b520b212a9f1f4a9d6c1',
            },
          ],
          'application-versions': [
            {
              version: '1.0',
              'deployed-to': [{ site: 'gamla-stan', time: '2026-03-02T16:04:11.250Z' }],
              'deploying-to': [],
            },
            { version: '2.0', 'deployed-to': [], 'deploying-to': [{ site: 'gamla-stan' }] },
          ],
        },
      },
    ],
  },
  DeploymentOperStatus: {
    description: 'How a deployment is.',
    type: 'string',
    enum: ['deploying', 'canary', 'deployed', 'blocked', 'error'],
  },
  DeploymentStatus: {
    description: 'How far a deployment is.',
    type: 'object',
    properties: {
      'oper-status': { description: 'How it is.', $ref: '#/$defs/DeploymentOperStatus', examples: ['deployed'] },
      'error-message': { $ref: '#/$defs/ErrorMessage' },
      'wait-healthy-timeout': {
        description: 'Time left of the healthy-time that is waited for.',
        type: 'string',
        examples: ['7m18s'],
      },
      images: {
        description: 'The images of the application, each once.',
        type: 'array',
        items: { $ref: '#/$defs/DeployedImage' },
      },
      'application-versions': {
        description: 'What runs and what is on its way, a version each: during an upgrade both.',
        type: 'array',
        items: { $ref: '#/$defs/DeployedVersion' },
      },
    },
    required: ['oper-status', 'images', 'application-versions'],
    additionalProperties: false,
  },
  DeployedImage: {
    description: 'An image of the application.',
    type: 'object',
    properties: {
      name: { description: 'As the specification names it.', type: 'string', examples: ['nginx:1.28'] },
      status: { description: 'How it is.', $ref: '#/$defs/ImageOperStatus', examples: ['present'] },
      digest: {
        description: 'The digest in its repository, else the id of the image; absent until it is here.',
        type: 'string',
        examples: ['sha256:4266485e304a825d82c375d3584121b53c802e3540d6b520b212a9f1f4a9d6c1'],
      },
    },
    required: ['name', 'status'],
    additionalProperties: false,
  },
  DeployedVersion: {
    description: 'Where a version is.',
    type: 'object',
    properties: {
      version: { description: 'The version.', $ref: '#/$defs/Version' },
      'deployed-to': { description: 'The sites that have it.', type: 'array', items: { $ref: '#/$defs/DeployedTo' } },
      'deploying-to': {
        description: 'The sites it is on its way to.',
        type: 'array',
        items: { $ref: '#/$defs/DeployingTo' },
      },
    },
    required: ['version', 'deployed-to', 'deploying-to'],
    additionalProperties: false,
  },
  DeployedTo: {
    description: 'A site that has a version.',
    type: 'object',
    properties: {
      site: { description: 'The site.', $ref: '#/$defs/Name', examples: ['gamla-stan'] },
      time: { description: 'Since when.', $ref: '#/$defs/Time' },
    },
    required: ['site', 'time'],
    additionalProperties: false,
  },
  DeployingTo: {
    description: 'A site that a version is on its way to.',
    type: 'object',
    properties: { site: { description: 'The site.', $ref: '#/$defs/Name', examples: ['gamla-stan'] } },
    required: ['site'],
    additionalProperties: false,
  },
  Error: {
    description: 'The body of every answer that is an error.',
    type: 'object',
    properties: {
      errors: {
        description: 'What is wrong; one entry at least.',
        type: 'array',
        items: { $ref: '#/$defs/ErrorDetail' },
        minItems: 1,
      },
    },
    required: ['errors'],
    additionalProperties: false,
    examples: [{ errors: [{ 'error-message': 'no application shop', 'error-info': {} }] }],
  },
  ErrorDetail: {
    description: 'One thing that is wrong.',
    type: 'object',
    properties: {
      'error-message': {
        description: 'What is wrong and how to mend it, in a sentence.',
        type: 'string',
        examples: ['no application shop'],
      },
      'error-info': {
        description:
          'What a program may read of it, for example the `tenants` that have what was asked for. Often empty.',
        type: 'object',
        additionalProperties: true,
        examples: [{ tenants: ['acme', 'globex'] }],
      },
    },
    required: ['error-message', 'error-info'],
    additionalProperties: false,
  },
  ValidationErrors: {
    description: 'Every problem of a body that was checked.',
    type: 'object',
    properties: {
      errors: {
        description: 'The problems, in the order of the text.',
        type: 'array',
        items: { $ref: '#/$defs/ValidationError' },
        minItems: 1,
      },
    },
    required: ['errors'],
    additionalProperties: false,
    examples: [
      {
        errors: [
          {
            'error-message': 'replica: this key is unknown; did you mean replicas?',
            'error-info': { line: 7, column: 5 },
          },
        ],
      },
    ],
  },
  ValidationError: {
    description: 'One problem of a body.',
    type: 'object',
    properties: {
      'error-message': {
        description: 'What is wrong and how to mend it, in a sentence.',
        type: 'string',
        examples: ['replica: this key is unknown; did you mean replicas?'],
      },
      'error-info': {
        description: 'Where it is wrong, as far as that is known.',
        type: 'object',
        properties: {
          file: {
            description: 'Path inside the repository, where it is another document than the body.',
            type: 'string',
            examples: ['tenants/acme/application-deployments/shop.yaml'],
          },
          line: { description: 'Line in the body or the file, from 1.', type: 'integer', minimum: 1, examples: [7] },
          column: { description: 'Column in the line, from 1.', type: 'integer', minimum: 1, examples: [5] },
        },
        additionalProperties: true,
      },
    },
    required: ['error-message', 'error-info'],
    additionalProperties: false,
  },
  Event: {
    description:
      "Something that happened. Keys that do not apply are left out; one without a tenant is the site provider's alone.",
    type: 'object',
    properties: {
      id: {
        description:
          'Digits. A later event has a greater number, also after a restart of the daemon. It is what `Last-Event-ID` and `since` take.',
        type: 'string',
        pattern: '^[0-9]{1,16}$',
        examples: ['1773480413589000'],
      },
      time: { description: 'When it happened.', $ref: '#/$defs/Time' },
      type: { description: 'What kind of thing happened.', $ref: '#/$defs/EventType' },
      site: { description: 'Where.', $ref: '#/$defs/Name' },
      host: { description: 'On which host.', type: 'string', examples: ['edge-1'] },
      tenant: { description: 'To whose application.', $ref: '#/$defs/Name' },
      application: { description: 'To which application.', $ref: '#/$defs/Name' },
      'service-instance': { description: 'To which of its service instances.', type: 'string', examples: ['web-1'] },
      container: {
        description: 'To which container, or init container, of the instance.',
        type: 'string',
        examples: ['nginx'],
      },
      message: {
        description: 'What happened, in the words of the log, the plan and the state.',
        type: 'string',
        examples: ['running → error: it keeps ending: restarted 5 times, last with exit code 3'],
      },
      revision: { description: 'The commit that was in force.', $ref: '#/$defs/Revision' },
    },
    required: ['id', 'time', 'type', 'site', 'message'],
    additionalProperties: false,
    examples: [
      {
        id: '1773480413589000',
        time: '2026-03-14T09:26:53.589Z',
        type: 'container-status',
        site: 'local',
        host: 'edge-1',
        tenant: 'acme',
        application: 'shop',
        'service-instance': 'web-1',
        container: 'nginx',
        message: 'running → error: it keeps ending: restarted 5 times, last with exit code 3',
        revision: '8b137891791fe96927ad78e64b0aad7bded08bdc',
      },
    ],
  },
  EventType: {
    description:
      'What kind of thing happened: to the repository, to a host, what was done, how an upgrade goes, and what is seen of what runs.',
    type: 'string',
    enum: [
      'revision-fetched',
      'revision-refused',
      'repository-failed',
      'history-failed',
      'converged',
      'host-up',
      'host-down',
      'lease-acquired',
      'lease-awaited',
      'space-low',
      'space-ample',
      'step-done',
      'step-failed',
      'removal-held',
      'application-waits',
      'application-goes-on',
      'upgrade-begun',
      'upgrade-continued',
      'upgrade-batch',
      'upgrade-ended',
      'upgrade-aborted',
      'upgrade-rolling-back',
      'upgrade-rolled-back',
      'application-status',
      'application-deployment-status',
      'service-instance-status',
      'service-instance-ready',
      'service-instance-unready',
      'container-status',
      'container-restarted',
      'probe-failed',
      'probe-recovered',
    ],
  },
  Exec: {
    description: 'A command to run in a container.',
    type: 'object',
    properties: {
      cmd: {
        description:
          'The command: a text that is run by `/bin/sh -c` where the container has a shell and is split into words as a shell would where it has none, or a list that is run as it is.',
        anyOf: [
          { type: 'string', pattern: '\\S' },
          { type: 'array', items: { type: 'string' }, minItems: 1 },
        ],
        examples: ['ps aux'],
      },
    },
    required: ['cmd'],
    additionalProperties: false,
    examples: [{ cmd: 'ps aux' }],
  },
  LogLine: {
    description: 'A line that a container wrote.',
    type: 'object',
    properties: {
      time: {
        description: 'When the engine took it down, to the nanosecond.',
        type: 'string',
        examples: ['2026-03-14T09:26:53.589793238Z'],
      },
      stream: { description: 'Where the container wrote it.', type: 'string', enum: ['stdout', 'stderr'] },
      container: { description: 'The container.', type: 'string', examples: ['nginx'] },
      message: { description: 'The line, without its end.', type: 'string', examples: ['GET / 200'] },
    },
    required: ['time', 'stream', 'container', 'message'],
    additionalProperties: false,
    examples: [{ time: '2026-03-14T09:26:53.589793238Z', stream: 'stdout', container: 'nginx', message: 'GET / 200' }],
  },
  Host: {
    description: 'A Docker host. What its site says of it is there once a revision was read.',
    type: 'object',
    properties: {
      'cluster-hostname': {
        description: 'What `host` of a service instance refers to.',
        type: 'string',
        examples: ['host-001'],
      },
      hostname: { description: 'Its name.', type: 'string', examples: ['host-001'] },
      'host-id': {
        description: 'The id of its engine; empty while it was never reached.',
        type: 'string',
        examples: ['6dfd9b5e-0b3c-4d5f-9a53-1f0f0a3cbb0e'],
      },
      version: {
        description: 'Of its engine; empty while it was never reached.',
        type: 'string',
        examples: ['28.5.1'],
      },
      'maintenance-mode': {
        description: 'Hosts are not taken out of service yet: always `off`.',
        type: 'string',
        enum: ['off'],
      },
      controller: {
        description: 'Whether it holds the state of its site, as the one host of a site does.',
        type: 'boolean',
        examples: [true],
      },
      'oper-status': {
        description: 'Whether its engine answers.',
        type: 'string',
        enum: ['up', 'down'],
        examples: ['up'],
      },
      'error-message': {
        description: 'Why it is down.',
        type: 'string',
        examples: ['the engine cannot be reached: no such file /var/run/docker.sock'],
      },
      'started-at': { description: 'Since when it answers; 1970 when it never did.', $ref: '#/$defs/Time' },
      warnings: {
        description: 'What of a specification this host cannot carry out, and a disk that is low (extension).',
        type: 'array',
        items: { description: 'A sentence.', type: 'string' },
        examples: [['the kernel of this host does not enforce `cpus` of containers']],
      },
      disk: {
        description:
          "The file system of the engine's images, containers and volumes; absent while nobody holds the lease (extension).",
        $ref: '#/$defs/DiskState',
      },
      labels: { description: 'Labels of the host, which services select by.', $ref: '#/$defs/Labels' },
      devices: {
        description: 'Device files that containers may ask for.',
        type: 'array',
        items: { $ref: '#/$defs/DeviceState' },
      },
      'device-labels': {
        description: 'The devices that have a label, by that label.',
        type: 'object',
        additionalProperties: {
          description: 'Paths of devices.',
          type: 'array',
          items: { description: 'A path.', type: 'string' },
        },
        examples: [{ rtc: ['/dev/rtc0'] }],
      },
      gpus: {
        description: 'Graphics processors that containers may ask for.',
        type: 'array',
        items: { $ref: '#/$defs/HostGpuState' },
      },
      'local-volumes': {
        description: 'Where volumes of containers may lie.',
        type: 'array',
        items: { $ref: '#/$defs/LocalVolumeState' },
      },
      'persistent-volumes': {
        description: 'Every persistent volume on the host, also of what is gone (extension).',
        type: 'array',
        items: { $ref: '#/$defs/PersistentVolumeState' },
      },
    },
    required: [
      'cluster-hostname',
      'hostname',
      'host-id',
      'version',
      'maintenance-mode',
      'controller',
      'oper-status',
      'started-at',
      'warnings',
      'labels',
      'devices',
      'device-labels',
      'gpus',
      'local-volumes',
      'persistent-volumes',
    ],
    additionalProperties: false,
  },
  DiskState: {
    description: 'Space of a file system.',
    type: 'object',
    properties: {
      total: { description: 'All of it, rounded.', type: 'string', examples: ['253GB'] },
      free: { description: 'What is left of it, rounded.', type: 'string', examples: ['120GB'] },
      low: {
        description: 'Less than 1 GiB free, or less than 5 GiB and less than a tenth of the whole.',
        type: 'boolean',
        examples: [false],
      },
    },
    required: ['total', 'free', 'low'],
    additionalProperties: false,
  },
  DeviceState: {
    description: 'A device file.',
    type: 'object',
    properties: {
      name: { description: 'Its path.', type: 'string', examples: ['/dev/rtc0'] },
      labels: {
        description: 'What containers ask for it by.',
        type: 'array',
        items: { description: 'A label.', type: 'string' },
        examples: [['rtc']],
      },
    },
    required: ['name', 'labels'],
    additionalProperties: false,
  },
  HostGpuState: {
    description: 'A graphics processor. Beside these keys it has its properties, as the site gives them.',
    type: 'object',
    properties: {
      id: {
        description: 'As the driver names it.',
        type: 'string',
        examples: ['GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f'],
      },
      uuid: { description: 'The same.', type: 'string', examples: ['GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f'] },
      labels: {
        description: 'What containers ask for it by.',
        type: 'array',
        items: { description: 'A label.', type: 'string' },
        examples: [['gpu-all']],
      },
    },
    required: ['id', 'uuid', 'labels'],
    additionalProperties: { description: 'The value of a property.', type: 'string' },
    examples: [
      {
        'display-mode': 'Enabled',
        id: 'GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f',
        uuid: 'GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f',
        labels: ['gpu-all'],
      },
    ],
  },
  LocalVolumeState: {
    description: 'A place where volumes of containers may lie.',
    type: 'object',
    properties: {
      name: { description: 'Its name.', type: 'string', examples: ['fast'] },
      status: { description: 'That of its host.', type: 'string', enum: ['up', 'down'], examples: ['up'] },
      path: {
        description: 'A folder of the host; absent: the store of the engine.',
        type: 'string',
        examples: ['/srv/fast'],
      },
      labels: { description: 'Labels of the volume, which services select by.', $ref: '#/$defs/Labels' },
    },
    required: ['name', 'status', 'labels'],
    additionalProperties: false,
  },
  PersistentVolumeState: {
    description: 'A volume that stays when what it was made for goes.',
    type: 'object',
    properties: {
      name: { description: 'On the engine.', type: 'string', examples: ['acme.shop.web-1.orders'] },
      tenant: { description: 'Whose it is.', type: 'string', examples: ['acme'] },
      application: { description: 'The application.', type: 'string', examples: ['shop'] },
      'service-instance': { description: 'The service instance it was made for.', type: 'string', examples: ['web-1'] },
      size: { description: 'How much may be stored.', type: 'string', examples: ['10GB'] },
      'host-volume': { description: 'The volume of the host it lies on.', type: 'string', examples: ['fast'] },
      'in-use': {
        description: 'Whether that service instance is wished for, or still there.',
        type: 'boolean',
        examples: [true],
      },
    },
    required: ['name', 'tenant', 'application', 'service-instance', 'size', 'host-volume', 'in-use'],
    additionalProperties: false,
  },
  ServiceInstance: {
    description: 'One instance of a service: containers that are always on the same host.',
    type: 'object',
    properties: {
      name: {
        description: '`<service>-<N>`; the number stays with the instance through every upgrade.',
        type: 'string',
        examples: ['web-1'],
      },
      tenant: {
        description: 'Whose it is; only in what the site provider sees of every tenant at once.',
        $ref: '#/$defs/Name',
        examples: ['acme'],
      },
      'application-version': {
        description: 'The version that runs; absent for an application without one.',
        $ref: '#/$defs/Version',
      },
      'oper-status': { description: 'How it is.', $ref: '#/$defs/OperStatus', examples: ['running'] },
      'error-message': { $ref: '#/$defs/ErrorMessage' },
      progress: {
        description:
          'What it waits for, or how long it has to stay as it is; of one that lingers, how far its shutdown is (extension).',
        type: 'string',
        examples: ['has to stay ready for another 40s'],
      },
      lingering: {
        description: 'An old instance in its delayed shutdown: it counts as no replica (extension).',
        type: 'boolean',
        const: true,
      },
      ready: { description: 'Whether all of its containers are.', type: 'boolean', examples: [true] },
      host: {
        description: 'The `cluster-hostname` of its host; empty when no host can take it.',
        type: 'string',
        examples: ['host-001'],
      },
      'application-network': {
        description: 'Its place in the network of the application.',
        $ref: '#/$defs/ApplicationNetworkState',
      },
      'gateway-network': { description: 'Where it leaves by.', $ref: '#/$defs/GatewayNetworkState' },
      'ephemeral-volumes': {
        description: 'Storage that goes with the instance.',
        type: 'array',
        items: { $ref: '#/$defs/VolumeState' },
      },
      'persistent-volumes': {
        description: 'Storage that stays.',
        type: 'array',
        items: { $ref: '#/$defs/VolumeState' },
      },
      'init-containers': {
        description: 'What runs to its end before the containers start, in that order.',
        type: 'array',
        items: { $ref: '#/$defs/InitContainerState' },
      },
      containers: {
        description: 'The containers; none of an instance that no host can take.',
        type: 'array',
        items: { $ref: '#/$defs/ContainerState' },
      },
    },
    required: [
      'name',
      'oper-status',
      'ready',
      'host',
      'application-network',
      'gateway-network',
      'ephemeral-volumes',
      'persistent-volumes',
      'init-containers',
      'containers',
    ],
    additionalProperties: false,
    examples: [
      {
        name: 'web-1',
        'application-version': '2.4.2',
        'oper-status': 'running',
        ready: true,
        host: 'host-001',
        'application-network': {
          ips: ['10.201.0.2/26'],
          'dns-records': ['web-1.shop.internal. 600 IN A 10.201.0.2', 'web.shop.internal. 600 IN A 10.201.0.2'],
        },
        'gateway-network': { ips: ['10.201.0.2/26'] },
        'ephemeral-volumes': [{ name: 'cache', size: '1GB', 'host-volume': 'default' }],
        'persistent-volumes': [],
        'init-containers': [],
        containers: [
          {
            name: 'nginx',
            id: '75be6d60d41f',
            'oper-status': 'running',
            ready: true,
            'start-time': '2026-03-14T09:26:53.589Z',
            'current-restarts': 0,
            'total-restarts': 1,
            probes: { readiness: { status: 'success' } },
            devices: [],
            gpus: [],
          },
        ],
      },
    ],
  },
  SystemServiceInstance: {
    description: 'A service instance as the site provider sees it: under long names, with tenant and application.',
    'x-extends': 'ServiceInstance',
    properties: {
      name: {
        description: '`<tenant>.<application>.<service>-<N>`; its containers have names that begin with it.',
        type: 'string',
        examples: ['acme.shop.web-1'],
      },
      tenant: { description: 'Whose it is.', $ref: '#/$defs/Name', examples: ['acme'] },
      application: { description: 'The application.', $ref: '#/$defs/Name', examples: ['shop'] },
    },
    required: [
      'name',
      'tenant',
      'application',
      'oper-status',
      'ready',
      'host',
      'application-network',
      'gateway-network',
      'ephemeral-volumes',
      'persistent-volumes',
      'init-containers',
      'containers',
    ],
    examples: [
      {
        name: 'acme.shop.web-1',
        tenant: 'acme',
        application: 'shop',
        'application-version': '2.4.2',
        'oper-status': 'running',
        ready: true,
        host: 'host-001',
        'application-network': {
          'shared-application-network': 'front',
          ips: ['10.201.0.2/26'],
          'dns-records': ['web-1.shop.internal. 600 IN A 10.201.0.2', 'web.shop.internal. 600 IN A 10.201.0.2'],
        },
        'gateway-network': { ips: ['10.201.0.2/26'] },
        'ephemeral-volumes': [],
        'persistent-volumes': [{ name: 'orders', size: '10GB', 'host-volume': 'fast' }],
        'init-containers': [
          {
            name: 'acme.shop.web-1.setup',
            id: '189d9234f12c',
            'oper-status': 'completed',
            'start-time': '2026-03-14T09:26:51.020Z',
            'current-restarts': 0,
            'total-restarts': 0,
            devices: [],
            gpus: [],
          },
        ],
        containers: [
          {
            name: 'acme.shop.web-1.nginx',
            id: '75be6d60d41f',
            'oper-status': 'running',
            ready: true,
            'start-time': '2026-03-14T09:26:53.589Z',
            'current-restarts': 0,
            'total-restarts': 0,
            probes: {
              startup: { status: 'success' },
              readiness: { status: 'success' },
              liveness: { status: 'success' },
            },
            devices: ['/dev/rtc0'],
            gpus: [
              { id: 'GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f', uuid: 'GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f' },
            ],
            'nvidia-driver-capabilities': 'utility, compute',
            ports: [{ 'container-port': 80, protocol: 'tcp', 'host-ip': '0.0.0.0', 'host-port': 8080 }],
          },
        ],
      },
    ],
  },
  ApplicationNetworkState: {
    description: 'The place of an instance in the network of its application.',
    type: 'object',
    properties: {
      'shared-application-network': {
        description: 'The network it shares with other applications; absent where it shares none.',
        type: 'string',
        examples: ['front'],
      },
      ips: {
        description: "Its addresses, with the length of the network's prefix.",
        type: 'array',
        items: { description: 'An address.', type: 'string' },
        examples: [['10.201.0.2/26']],
      },
      'dns-records': {
        description: 'The names it is found under, as lines of a zone file.',
        type: 'array',
        items: { description: 'A line of a zone file.', type: 'string' },
        examples: [['web-1.shop.internal. 600 IN A 10.201.0.2']],
      },
    },
    required: ['ips', 'dns-records'],
    additionalProperties: false,
  },
  GatewayNetworkState: {
    description: 'Where an instance leaves by.',
    type: 'object',
    properties: {
      ips: {
        description: "The addresses it leaves by, with the length of the network's prefix.",
        type: 'array',
        items: { description: 'An address.', type: 'string' },
        examples: [['10.201.0.2/26']],
      },
    },
    required: ['ips'],
    additionalProperties: false,
  },
  VolumeState: {
    description: 'A volume of an instance.',
    type: 'object',
    properties: {
      name: { description: 'Its name in the service.', type: 'string', examples: ['cache'] },
      size: {
        description:
          'As the specification writes it; of a volume of another size, in whole bytes or what they come to.',
        type: 'string',
        examples: ['1GB'],
      },
      'host-volume': { description: 'The volume of the host it lies on.', type: 'string', examples: ['fast'] },
    },
    required: ['name', 'size', 'host-volume'],
    additionalProperties: false,
  },
  InitOperStatus: {
    description: 'How an init container is: like a container, or done.',
    type: 'string',
    enum: ['running', 'admin-down', 'upgrading', 'starting', 'error', 'failed', 'completed'],
  },
  InitContainerState: {
    description: 'A container that runs to its end before the others start.',
    type: 'object',
    properties: {
      name: {
        description: 'Its name in the service; below the cluster with that of the instance before it.',
        type: 'string',
        examples: ['setup'],
      },
      id: {
        description: "The first 12 digits of the engine's id; empty before there is one.",
        type: 'string',
        examples: ['189d9234f12c'],
      },
      'oper-status': { description: 'How it is.', $ref: '#/$defs/InitOperStatus', examples: ['completed'] },
      'error-message': { $ref: '#/$defs/ErrorMessage' },
      'start-time': { description: 'When it was last started.', $ref: '#/$defs/Time' },
      'current-restarts': {
        description: 'Restarts since it last ran for ten minutes without one.',
        type: 'integer',
        minimum: 0,
        examples: [0],
      },
      'total-restarts': {
        description: 'Restarts since it was made, by whomever.',
        type: 'integer',
        minimum: 0,
        examples: [0],
      },
      devices: {
        description: 'Device files it has, each at its own path.',
        type: 'array',
        items: { description: 'A path.', type: 'string' },
        examples: [['/dev/rtc0']],
      },
      gpus: { description: 'Graphics processors it has.', type: 'array', items: { $ref: '#/$defs/GpuState' } },
      'nvidia-driver-capabilities': {
        description: 'What of the driver it has; only with `gpus`.',
        type: 'string',
        examples: ['utility, compute'],
      },
    },
    required: ['name', 'id', 'oper-status', 'start-time', 'current-restarts', 'total-restarts', 'devices', 'gpus'],
    additionalProperties: false,
  },
  ContainerState: {
    description: 'A container of an instance.',
    'x-extends': 'InitContainerState',
    properties: {
      'oper-status': { description: 'How it is.', $ref: '#/$defs/OperStatus', examples: ['running'] },
      ready: {
        description: 'Whether its readiness probe passes or, without one, whether it runs.',
        type: 'boolean',
        examples: [true],
      },
      probes: { description: 'The probes it has.', $ref: '#/$defs/ProbeStates' },
      ports: {
        description: 'Where it is reached from outside; absent where it opens no port (extension).',
        type: 'array',
        items: { $ref: '#/$defs/PortState' },
      },
    },
    required: [
      'name',
      'id',
      'oper-status',
      'ready',
      'start-time',
      'current-restarts',
      'total-restarts',
      'probes',
      'devices',
      'gpus',
    ],
  },
  GpuState: {
    description: 'A graphics processor, its one id under both of the names that clients look for.',
    type: 'object',
    properties: {
      id: {
        description: 'As the driver names it.',
        type: 'string',
        examples: ['GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f'],
      },
      uuid: { description: 'The same.', type: 'string', examples: ['GPU-8f2c0d1e-5b7a-4c39-9e64-1a2b3c4d5e6f'] },
    },
    required: ['id', 'uuid'],
    additionalProperties: false,
  },
  ProbeStates: {
    description: 'The probes a container has, each absent where it has none of the kind.',
    type: 'object',
    properties: {
      startup: { description: 'Whether it is up.', $ref: '#/$defs/ProbeState' },
      readiness: { description: 'Whether it can be asked for something.', $ref: '#/$defs/ProbeState' },
      liveness: { description: 'Whether it has to be restarted.', $ref: '#/$defs/ProbeState' },
    },
    additionalProperties: false,
  },
  ProbeState: {
    description: 'What a probe found.',
    type: 'object',
    properties: {
      status: {
        description: '`unknown` until it was asked often enough.',
        type: 'string',
        enum: ['unknown', 'success', 'failure'],
        examples: ['success'],
      },
      'error-message': {
        description: 'Why it fails.',
        type: 'string',
        examples: ['GET http://10.201.0.2:80/ready: answered 503'],
      },
    },
    required: ['status'],
    additionalProperties: false,
    examples: [{ status: 'success' }],
  },
  PortState: {
    description: 'A port of the host that leads to one of a container.',
    type: 'object',
    properties: {
      'container-port': {
        description: 'In the container.',
        type: 'integer',
        minimum: 1,
        maximum: 65535,
        examples: [80],
      },
      protocol: { description: '`tcp` or `udp`.', type: 'string', examples: ['tcp'] },
      'host-ip': { description: 'The address of the host it is open at.', type: 'string', examples: ['0.0.0.0'] },
      'host-port': { description: 'On the host.', type: 'integer', minimum: 0, maximum: 65535, examples: [8080] },
    },
    required: ['container-port', 'protocol', 'host-ip', 'host-port'],
    additionalProperties: false,
  },
  Login: {
    description: 'Who a person is. As JSON or YAML.',
    type: 'object',
    properties: {
      username: {
        description: 'A `username` of the tokens file.',
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        examples: ['ann@example.com'],
      },
      password: {
        description: 'The password whose hash the tokens file holds.',
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        examples: ['correct horse battery staple'],
      },
      tenant: {
        description: 'May be left out; where it is given it has to be the tenant of the user.',
        anyOf: [{ type: 'string', maxLength: 1024 }, { type: 'null' }],
        examples: ['acme'],
      },
    },
    required: ['username', 'password'],
    examples: [{ username: 'ann@example.com', password: 'correct horse battery staple', tenant: 'acme' }],
  },
  ApproleLogin: {
    description: 'Who a program is. As JSON or YAML.',
    type: 'object',
    properties: {
      'role-id': {
        description: 'The `role-id` of the approle. May be left out, or be the secret-id once more.',
        anyOf: [{ type: 'string', maxLength: 1024 }, { type: 'null' }],
        examples: ['till'],
      },
      'secret-id': {
        description: 'The secret whose hash the tokens file holds.',
        type: 'string',
        minLength: 1,
        maxLength: 1024,
        examples: ['f2a1b9e6-1a0c-4b0e-9a39-3a4c2a9d1c55'],
      },
    },
    required: ['secret-id'],
    examples: [{ 'role-id': 'till', 'secret-id': 'f2a1b9e6-1a0c-4b0e-9a39-3a4c2a9d1c55' }],
  },
  Token: {
    description: 'A token for the header `Authorization: Bearer TOKEN`, and how long it is good.',
    type: 'object',
    properties: {
      token: {
        description: 'Opaque; it is told once and known to its holder alone.',
        type: 'string',
        pattern: '^[A-Za-z0-9_-]{43}$',
        examples: ['QFzU3nqS2mB0m3bO1mYw7rP1o0m3c5x2eV9a8KpLh0E'],
      },
      'expires-in': { description: 'Its whole life, in seconds.', type: 'integer', minimum: 0, examples: [43200] },
      expires: {
        description: 'When it ends.',
        type: 'string',
        format: 'date-time',
        examples: ['2026-01-02T15:04:05.678Z'],
      },
      'creation-time': {
        description: 'When it was made.',
        type: 'string',
        format: 'date-time',
        examples: ['2026-01-02T03:04:05.678Z'],
      },
      'renewal-time': {
        description: 'When it should be renewed: at three quarters of its life.',
        type: 'string',
        format: 'date-time',
        examples: ['2026-01-02T12:04:05.678Z'],
      },
    },
    required: ['token', 'expires-in', 'expires', 'creation-time', 'renewal-time'],
    additionalProperties: false,
    examples: [
      {
        token: 'QFzU3nqS2mB0m3bO1mYw7rP1o0m3c5x2eV9a8KpLh0E',
        'expires-in': 43200,
        expires: '2026-01-02T15:04:05.678Z',
        'creation-time': '2026-01-02T03:04:05.678Z',
        'renewal-time': '2026-01-02T12:04:05.678Z',
      },
    ],
  },
  PlanOrReview: {
    description: 'What would be done now; where a ref was named, what would be if that were merged.',
    anyOf: [{ $ref: '#/$defs/Plan' }, { $ref: '#/$defs/Review' }],
  },
  Plan: {
    description: 'What follows from comparing what is wished for with what runs.',
    type: 'object',
    properties: {
      revision: { description: 'The commit the plan leads to.', $ref: '#/$defs/Revision' },
      steps: { description: 'What would be done now.', type: 'array', items: { $ref: '#/$defs/Step' } },
      later: {
        description: 'What would follow, and what it waits for.',
        type: 'array',
        items: { $ref: '#/$defs/LaterStep' },
      },
      held: {
        description: 'What would be removed, if it were not so much at once.',
        type: 'array',
        items: { $ref: '#/$defs/HeldRemoval' },
      },
      blocked: {
        description: 'Applications that cannot go on by themselves.',
        type: 'array',
        items: { $ref: '#/$defs/BlockedApplication' },
      },
      'wake-at': {
        description: 'When Fairlead looks again by itself; absent: only something that happens makes it look.',
        $ref: '#/$defs/Time',
      },
    },
    required: ['revision', 'steps', 'later', 'held', 'blocked'],
    additionalProperties: false,
  },
  Step: {
    description: 'One thing to do on a host.',
    type: 'object',
    properties: {
      id: {
        description: 'What it does, in a sentence that is the same in every plan.',
        type: 'string',
        examples: ['stop container acme.shop.web-1.nginx'],
      },
      action: {
        description: 'What kind of thing it is.',
        type: 'string',
        enum: [
          'import-sandbox-image',
          'pull-image',
          'remove-image',
          'create-network',
          'remove-network',
          'create-container',
          'start-container',
          'unpause-container',
          'update-container',
          'rename-container',
          'stop-container',
          'remove-container',
          'create-marker',
          'begin-delayed-shutdown',
          'remove-marker',
          'create-volume',
          'remove-volume',
          'write-files',
          'announce-files',
        ],
        examples: ['stop-container'],
      },
      target: {
        description: 'What it works on: a service instance, an application for its network, or an image.',
        type: 'string',
        examples: ['acme.shop.web-1'],
      },
      application: {
        description: 'The application, with its tenant; empty for what several share.',
        type: 'string',
        examples: ['acme.shop'],
      },
      intent: {
        description: 'Why the target is worked on, in a word.',
        type: 'string',
        enum: ['create', 'replace', 'update', 'repair', 'remove', 'prepare', 'upgrade'],
        examples: ['upgrade'],
      },
      reason: { description: 'Why it is done.', type: 'string', examples: ['version 1.0 → 2.0, batch 2 of 4'] },
      after: {
        description: 'The ids of the steps that must be done first.',
        type: 'array',
        items: { description: 'The id of a step.', type: 'string' },
        examples: [['pull image nginx:1.28']],
      },
    },
    required: ['id', 'action', 'target', 'application', 'intent', 'reason', 'after'],
    additionalProperties: false,
  },
  LaterStep: {
    description: 'A step that will be taken, but not now.',
    'x-extends': 'Step',
    properties: {
      at: { description: 'When it will be taken; absent: once what it waits for comes to pass.', $ref: '#/$defs/Time' },
      'waiting-for': { description: 'Why not now.', type: 'string', examples: ['web-1 to be ready'] },
    },
    required: ['id', 'action', 'target', 'application', 'intent', 'reason', 'after', 'waiting-for'],
  },
  BlockedApplication: {
    description: 'An application that cannot go on by itself.',
    type: 'object',
    properties: {
      application: { description: 'The application, with its tenant.', type: 'string', examples: ['acme.shop'] },
      reason: {
        description: 'What is in its way.',
        type: 'string',
        examples: ['no subnet is free in the network pool 10.201.0.0/16'],
      },
    },
    required: ['application', 'reason'],
    additionalProperties: false,
  },
  Repository: {
    description: 'What was read from git.',
    type: 'object',
    properties: {
      'wanted-revision': {
        description:
          'The newest commit that was seen at the branch; with `--verify tag`, the newest there that an annotated tag names.',
        $ref: '#/$defs/Revision',
      },
      'fetched-revision': { description: 'The newest commit whose documents were read.', $ref: '#/$defs/Revision' },
      'applied-revision': {
        description:
          'The newest commit that every host was brought to, but for what it wants to wait: for a suspension to end or an upgrade window to open.',
        $ref: '#/$defs/Revision',
      },
      'fetch-time': { description: 'When the branch was last looked at with success.', $ref: '#/$defs/Time' },
      'error-message': {
        description: 'Why the repository cannot be read or followed; absent while it can.',
        type: 'string',
        examples: ['the repository cannot be reached: connection refused'],
      },
      verification: {
        description: 'Whether what is in force is signed; absent with `--verify none`.',
        $ref: '#/$defs/Verification',
      },
      problems: {
        description:
          'What is wrong with its documents. Those with an error are rejected and the last good text stays in force.',
        type: 'array',
        items: { $ref: '#/$defs/Problem' },
      },
      'held-removals': {
        description: 'What would be removed, if it were not so much at once.',
        type: 'array',
        items: { $ref: '#/$defs/HeldRemoval' },
      },
      'history-complete': {
        description: 'Whether history was looked through after the start: before, version lists may lack some.',
        type: 'boolean',
        examples: [true],
      },
    },
    required: [
      'wanted-revision',
      'fetched-revision',
      'applied-revision',
      'fetch-time',
      'problems',
      'held-removals',
      'history-complete',
    ],
    additionalProperties: false,
  },
  Verification: {
    description: 'What a trusted key vouches for (an extension of Fairlead).',
    type: 'object',
    properties: {
      mode: { description: 'What has to be signed.', type: 'string', enum: ['commit', 'tag'] },
      'verified-revision': {
        description: 'The newest commit that is verified, which is in force; empty as long as there is none.',
        $ref: '#/$defs/Revision',
      },
      signer: {
        description: 'Who signed it: name and fingerprint of the key. Absent as long as nothing is verified.',
        type: 'string',
        examples: ['alice@example.com (ED25519 SHA256:GjpjiC1WfuxnwG30vd1jFrb4BIbmSc4HnBdmGV14Qpo)'],
      },
      tag: { description: 'The signed tag that names it, with `--verify tag`.', type: 'string', examples: ['v1.4.0'] },
      'error-message': {
        description: 'Why something newer is not in force, or why nothing is; absent when all is well.',
        type: 'string',
        examples: [
          'commit 8b137891791f is not applied, for it carries no signature; revision 2cf24dba5fb0 stays in force. Sign a commit with a trusted key (git commit -S) and push it',
        ],
      },
    },
    required: ['mode', 'verified-revision'],
    additionalProperties: false,
  },
  RevisionOutcome: {
    description: 'Whether a commit is what runs.',
    type: 'object',
    properties: {
      revision: {
        description: 'The commit, in full where it was found; as it was asked for where it was not.',
        $ref: '#/$defs/Revision',
      },
      outcome: {
        description:
          '`applied`: it, or a later commit that contains it, is in force, nothing is left to do and everything is ready. `failed`: something of it was rejected or failed, and nothing else can proceed. `waiting`: neither yet.',
        type: 'string',
        enum: ['waiting', 'applied', 'failed'],
      },
      'judged-revision': {
        description: 'The commit in force that contains it, which this is about; empty while there is none.',
        $ref: '#/$defs/Revision',
      },
      reasons: {
        description: 'What is missing or what failed, at most 20 sentences.',
        type: 'array',
        items: { type: 'string' },
        examples: [['acme.shop: web-1 is not ready: probe readiness: connection refused']],
      },
    },
    required: ['revision', 'outcome', 'judged-revision', 'reasons'],
    additionalProperties: false,
  },
  Problem: {
    description: 'One thing wrong with a document. Where the whole file is meant, the place is line 1, column 1.',
    type: 'object',
    properties: {
      file: {
        description: 'Path inside the repository.',
        type: 'string',
        examples: ['tenants/acme/applications/shop.yaml'],
      },
      line: { description: 'Line in the file, from 1.', type: 'integer', minimum: 1, examples: [7] },
      column: { description: 'Column in the line, from 1.', type: 'integer', minimum: 1, examples: [5] },
      message: {
        description: 'What is wrong and how to mend it.',
        type: 'string',
        examples: ['replica: this key is unknown; did you mean replicas?'],
      },
      severity: {
        description: 'An error rejects the document, a warning is only shown.',
        type: 'string',
        enum: ['error', 'warning'],
      },
      rule: {
        description:
          'The rule that is broken; of a policy `policy/` and its name. Reports of `fairlead validate` have it as well.',
        type: 'string',
        examples: ['schema/unknown-key'],
      },
    },
    required: ['file', 'line', 'column', 'message', 'severity'],
    additionalProperties: false,
  },
  HeldRemoval: {
    description: 'A removal that waits for a person.',
    type: 'object',
    properties: {
      application: { description: 'The application, with its tenant.', type: 'string', examples: ['acme.shop'] },
      reason: {
        description: 'Why it is held, and what lets it go on.',
        type: 'string',
        examples: ['5 of 6 applications would be removed; a commit with Fairlead-Allow-Prune: true allows it'],
      },
    },
    required: ['application', 'reason'],
    additionalProperties: false,
  },
  Review: {
    description: 'What a revision would change, compared with another or with what runs.',
    type: 'object',
    properties: {
      against: {
        description: 'Whether it is compared with another revision, or with what runs now.',
        type: 'string',
        enum: ['revision', 'running'],
      },
      base: { description: 'What it is compared with.', $ref: '#/$defs/ReviewedRevision' },
      head: { description: 'The revision that is looked at.', $ref: '#/$defs/ReviewedRevision' },
      changed: {
        description:
          'Whether there is anything to tell. When not, every list is empty but those of the warnings and notes.',
        type: 'boolean',
      },
      summary: {
        description: 'All of it in a line.',
        type: 'string',
        examples: ['2 applications change: 1 upgraded, 1 added'],
      },
      documents: {
        description: 'Documents of sites, tenants and policies that differ.',
        type: 'array',
        items: { $ref: '#/$defs/DocumentReview' },
      },
      sites: {
        description: 'The sites at which something changes, by name.',
        type: 'array',
        items: { $ref: '#/$defs/SiteReview' },
      },
      rejected: {
        description: 'Documents that are rejected now and were not before: what runs of them stays as it is.',
        type: 'array',
        items: { $ref: '#/$defs/RejectedReview' },
      },
      problems: {
        description: 'Problems that were not there before.',
        type: 'array',
        items: { $ref: '#/$defs/Problem' },
      },
      mended: { description: 'Problems that are no more.', type: 'array', items: { $ref: '#/$defs/Problem' } },
      warnings: {
        description:
          'What would keep the revision from coming into force as it is: that no trusted key vouches for it.',
        type: 'array',
        items: { description: 'A sentence.', type: 'string' },
        examples: [
          [
            'commit 0a1b2c3d4e5f carries no signature, so it would not be applied. Sign a commit with a trusted key (git commit -S) and push it',
          ],
        ],
      },
      notes: {
        description: 'What is taken for granted, and what is not part of it.',
        type: 'array',
        items: { description: 'A sentence.', type: 'string' },
        examples: [['the values of secrets are not known here; they are taken to be delivered']],
      },
    },
    required: [
      'against',
      'base',
      'head',
      'changed',
      'summary',
      'documents',
      'sites',
      'rejected',
      'problems',
      'mended',
      'warnings',
      'notes',
    ],
    additionalProperties: false,
  },
  ReviewedRevision: {
    description: 'A revision under the name it was asked for by.',
    type: 'object',
    properties: {
      ref: {
        description: 'The branch, tag or commit that was named; empty when none was.',
        type: 'string',
        examples: ['origin/main'],
      },
      revision: { description: 'The commit.', $ref: '#/$defs/Revision' },
    },
    required: ['ref', 'revision'],
    additionalProperties: false,
  },
  DocumentReview: {
    description: "A document that is no application's.",
    type: 'object',
    properties: {
      kind: { description: 'What it is about.', type: 'string', enum: ['site', 'tenant', 'policy'] },
      name: {
        description: 'Name of the site or tenant; of a policy the tenant it is for, `*` is every one.',
        type: 'string',
        examples: ['berlin'],
      },
      file: { description: 'Path inside the repository.', type: 'string', examples: ['sites/berlin.yaml'] },
      change: { description: 'What happens to it.', type: 'string', enum: ['added', 'removed', 'changed'] },
      fields: { description: 'Where it differs.', type: 'array', items: { $ref: '#/$defs/FieldChange' } },
    },
    required: ['kind', 'name', 'file', 'change', 'fields'],
    additionalProperties: false,
  },
  FieldChange: {
    description: 'A value that differs.',
    type: 'object',
    properties: {
      document: {
        description: 'The kind of document it stands in.',
        type: 'string',
        enum: ['application', 'application-deployment', 'site', 'tenant', 'policy'],
      },
      path: {
        description: 'Where it stands. Entries of lists are told by their names where they have one.',
        type: 'string',
        examples: ['services[web].containers[nginx].image'],
      },
      old: {
        description:
          'What it was, as JSON, shortened where it is long; absent: it was not there. What may be a credential is `***`.',
        type: 'string',
        examples: ['"nginx:1.27"'],
      },
      new: {
        description: 'What it is, in the same way; absent: it is not there any more.',
        type: 'string',
        examples: ['"nginx:1.28"'],
      },
      line: {
        description:
          'Of a text of several lines: the line, from 1, from which on it differs. `old` and `new` have the lines that do.',
        type: 'integer',
        minimum: 1,
        examples: [3],
      },
      masked: { description: 'Whether something in it is not shown.', type: 'boolean' },
    },
    required: ['document', 'path', 'masked'],
    additionalProperties: false,
  },
  SiteReview: {
    description: 'What changes at a site.',
    type: 'object',
    properties: {
      site: { description: 'The site.', type: 'string', examples: ['berlin'] },
      host: { description: 'Its host.', type: 'string', examples: ['berlin-1'] },
      change: {
        description: 'Whether the site itself is new or goes.',
        type: 'string',
        enum: ['added', 'removed', 'changed'],
      },
      applications: {
        description: 'Those that change, by key.',
        type: 'array',
        items: { $ref: '#/$defs/ApplicationReview' },
      },
      pulls: { description: 'Images that the host has to get.', type: 'array', items: { $ref: '#/$defs/PullReview' } },
      held: {
        description: 'What would be removed, and may not.',
        type: 'array',
        items: { $ref: '#/$defs/HeldRemoval' },
      },
      blocked: {
        description: 'Applications that cannot go on by themselves.',
        type: 'array',
        items: { $ref: '#/$defs/BlockedApplication' },
      },
      shared: {
        description:
          'What is done for several applications, or when nobody needs a thing any more. Pulls have a list of their own.',
        type: 'array',
        items: { $ref: '#/$defs/OperationReview' },
      },
    },
    required: ['site', 'host', 'change', 'applications', 'pulls', 'held', 'blocked', 'shared'],
    additionalProperties: false,
  },
  PullReview: {
    description: 'An image that is pulled.',
    type: 'object',
    properties: {
      image: { description: 'The image.', type: 'string', examples: ['nginx:1.28'] },
      applications: {
        description: 'Who needs it.',
        type: 'array',
        items: { description: 'An application, with its tenant.', type: 'string' },
        examples: [['acme.shop']],
      },
    },
    required: ['image', 'applications'],
    additionalProperties: false,
  },
  ApplicationReview: {
    description: 'What changes of an application at a site.',
    type: 'object',
    properties: {
      application: { description: 'The application, with its tenant.', type: 'string', examples: ['acme.shop'] },
      change: {
        description:
          'The kind of change, the gravest first: `upgraded` follows an entry of `upgrade-from`, `restarted` makes what runs anew without any coordination, `waiting` comes to nothing as long as something is in its way, `untouched` does nothing to what runs.',
        type: 'string',
        enum: ['added', 'removed', 'restarted', 'upgraded', 'changed', 'waiting', 'untouched'],
      },
      reason: {
        description: 'Why, in a sentence.',
        type: 'string',
        examples: ['version 1.0 → 2.0, by the entry for "^1\\."'],
      },
      'from-version': { description: 'What it was; absent where there is none.', $ref: '#/$defs/Version' },
      'to-version': { description: 'What it will be; absent where there is none.', $ref: '#/$defs/Version' },
      uncoordinated: {
        description: 'Instances that are stopped and made anew, all at once, without an upgrade procedure.',
        type: 'array',
        items: { description: 'A service instance.', type: 'string' },
        examples: [['web-1']],
      },
      upgrade: { description: 'How it is upgraded; absent: it is not.', $ref: '#/$defs/UpgradeReview' },
      duration: {
        description:
          'How long it takes at least, from the first step to the last: healthy times, probes and deadlines that must pass; pulls and the work of the engine come on top.',
        type: 'string',
        examples: ['1m30s'],
      },
      services: {
        description: 'Services that come, go or have another number of instances.',
        type: 'array',
        items: { $ref: '#/$defs/ServiceReview' },
      },
      fields: {
        description: 'Where its specification or its deployment differ.',
        type: 'array',
        items: { $ref: '#/$defs/FieldChange' },
      },
      volumes: {
        description: 'Volumes that come, go or stay behind.',
        type: 'array',
        items: { $ref: '#/$defs/VolumeReview' },
      },
      pulls: {
        description: 'Images that the host has to get for it.',
        type: 'array',
        items: { description: 'An image.', type: 'string' },
        examples: [['nginx:1.28']],
      },
      operations: {
        description: 'What is done, in the order in which it can begin.',
        type: 'array',
        items: { $ref: '#/$defs/OperationReview' },
      },
    },
    required: [
      'application',
      'change',
      'reason',
      'uncoordinated',
      'duration',
      'services',
      'fields',
      'volumes',
      'pulls',
      'operations',
    ],
    additionalProperties: false,
  },
  UpgradeReview: {
    description: 'A coordinated upgrade.',
    type: 'object',
    properties: {
      'version-regexp': {
        description: 'The entry of `upgrade-from` that is followed.',
        type: 'string',
        examples: ['^1\\.'],
      },
      method: { description: 'How it goes.', type: 'string', enum: ['per-service', 'stop-and-restart'] },
      'on-failure': { description: 'What happens after a failed upgrade.', type: 'string', enum: ['stop', 'rollback'] },
      'progress-deadline': {
        description: 'The longest a batch may take to become ready.',
        type: 'string',
        examples: ['10m'],
      },
      batches: { description: 'The batches in their order.', type: 'array', items: { $ref: '#/$defs/BatchReview' } },
    },
    required: ['version-regexp', 'method', 'on-failure', 'progress-deadline', 'batches'],
    additionalProperties: false,
  },
  BatchReview: {
    description: 'Instances that are upgraded together.',
    type: 'object',
    properties: {
      batch: { description: 'Counted from 1.', type: 'integer', minimum: 1, examples: [2] },
      instances: {
        description: 'Which.',
        type: 'array',
        items: { description: 'A service instance.', type: 'string' },
        examples: [['web-1', 'web-2']],
      },
      'healthy-time': {
        description: 'How long they must have been ready before the next batch begins.',
        type: 'string',
        examples: ['30s'],
      },
      begins: {
        description: 'When it begins at the earliest, counted from the first step.',
        type: 'string',
        examples: ['30s'],
      },
    },
    required: ['batch', 'instances', 'healthy-time', 'begins'],
    additionalProperties: false,
  },
  ServiceReview: {
    description: 'A service that comes, goes or has another number of instances.',
    type: 'object',
    properties: {
      service: { description: 'The service.', type: 'string', examples: ['web'] },
      change: { description: 'What happens to it.', type: 'string', enum: ['added', 'removed', 'scaled'] },
      from: { description: 'How many instances it had.', type: 'integer', minimum: 0, examples: [2] },
      to: { description: 'How many it will have.', type: 'integer', minimum: 0, examples: [3] },
    },
    required: ['service', 'change', 'from', 'to'],
    additionalProperties: false,
  },
  VolumeReview: {
    description: 'A volume of an instance.',
    type: 'object',
    properties: {
      volume: { description: 'Its name on the engine.', type: 'string', examples: ['acme.shop.db-1.data'] },
      fate: {
        description: '`stays-behind`: nobody uses it any more, and it is not removed.',
        type: 'string',
        enum: ['created', 'removed', 'stays-behind'],
      },
    },
    required: ['volume', 'fate'],
    additionalProperties: false,
  },
  OperationReview: {
    description: 'What is done to one thing for one reason.',
    type: 'object',
    properties: {
      target: {
        description: 'What is worked on: a service instance, an application for its network, or an image.',
        type: 'string',
        examples: ['acme.shop.web-2'],
      },
      intent: {
        description: 'Why, in a word.',
        type: 'string',
        enum: ['create', 'replace', 'update', 'repair', 'remove', 'prepare', 'upgrade'],
      },
      reason: { description: 'Why.', type: 'string', examples: ['version 1.0 → 2.0, batch 2 of 4'] },
      begins: { description: 'When at the earliest, counted from the first step.', type: 'string', examples: ['30s'] },
      steps: {
        description: 'What is asked of the engine, in order.',
        type: 'array',
        items: { description: 'A call in a sentence.', type: 'string' },
        examples: [['stop container acme.shop.web-2.nginx']],
      },
    },
    required: ['target', 'intent', 'reason', 'begins', 'steps'],
    additionalProperties: false,
  },
  RejectedReview: {
    description: 'A document that is rejected now and was not before.',
    type: 'object',
    properties: {
      kind: {
        description: 'What it is about.',
        type: 'string',
        enum: ['application', 'application-deployment', 'site', 'tenant', 'policy'],
      },
      tenant: {
        description: 'Its tenant; empty for that of a site, and of the policy of every tenant.',
        type: 'string',
        examples: ['acme'],
      },
      name: {
        description: 'Its name; absent when the text is too broken to tell.',
        type: 'string',
        examples: ['shop'],
      },
      file: {
        description: 'Path inside the repository.',
        type: 'string',
        examples: ['tenants/acme/applications/shop.yaml'],
      },
      'in-force': {
        description: 'The commit whose text stays in force; empty where there is none, so that nothing is touched.',
        $ref: '#/$defs/Revision',
      },
    },
    required: ['kind', 'tenant', 'file', 'in-force'],
    additionalProperties: false,
  },
  Run: {
    description:
      "Something that was triggered from outside, and what came of it. Keys that do not apply are left out; one without a tenant is the site provider's alone.",
    type: 'object',
    properties: {
      id: {
        description: 'Its name.',
        type: 'string',
        pattern: '^[0-9a-z-]{1,64}$',
        examples: ['20260314t092653589z-5f3a9c01'],
      },
      kind: {
        description: 'What was asked for.',
        type: 'string',
        enum: ['restart', 'webhook', 'sync', 'exec', 'exec-interactive', 'connect', 'tcp-connect'],
      },
      trigger: { description: 'What it came by: `api`, or the kind of webhook.', type: 'string', examples: ['api'] },
      principal: {
        description: 'Who asked for it; of a webhook the name of its secret, where it has one.',
        $ref: '#/$defs/RunPrincipal',
      },
      tenant: { description: 'Whose application it is about.', $ref: '#/$defs/Name' },
      application: { description: 'Which application it is about.', $ref: '#/$defs/Name' },
      'service-instance': { description: 'Which of its service instances.', type: 'string', examples: ['web-1'] },
      container: { description: 'Which container of the instance.', type: 'string', examples: ['nginx'] },
      'started-at': { description: 'When it began.', $ref: '#/$defs/Time' },
      'ended-at': { description: 'When it ended.', $ref: '#/$defs/Time' },
      outcome: {
        description: 'What has come of it so far.',
        type: 'string',
        enum: ['running', 'succeeded', 'failed', 'cancelled'],
      },
      revision: {
        description: 'The commit that was seen at the branch, of a look at the repository (`webhook`, `sync`).',
        $ref: '#/$defs/Revision',
      },
      reason: {
        description: 'How it ended, where nothing went wrong.',
        type: 'string',
        examples: ['web-1 was made anew and is ready'],
      },
      'error-message': {
        description: 'What went wrong.',
        type: 'string',
        examples: ['web-1 cannot be made anew: nginx: no such image: nginx:1.999'],
      },
    },
    required: ['id', 'kind', 'trigger', 'started-at', 'outcome'],
    additionalProperties: false,
    examples: [
      {
        id: '20260314t092653589z-5f3a9c01',
        kind: 'restart',
        trigger: 'api',
        principal: { name: 'jane', tenant: 'acme' },
        tenant: 'acme',
        application: 'shop',
        'service-instance': 'web-1',
        'started-at': '2026-03-14T09:26:53.589Z',
        'ended-at': '2026-03-14T09:26:56.180Z',
        outcome: 'succeeded',
        reason: 'web-1 was made anew and is ready',
      },
    ],
  },
  RunPrincipal: {
    description: 'Whoever held the token.',
    type: 'object',
    properties: {
      name: { description: 'What the token is called.', type: 'string', examples: ['jane'] },
      tenant: { description: 'Of which tenant; absent: the site provider.', $ref: '#/$defs/Name' },
    },
    required: ['name'],
    additionalProperties: false,
  },
  Restart: {
    description: 'How a service instance is to be made anew.',
    type: 'object',
    properties: {
      'no-delayed-shutdown': {
        description:
          'Without the delayed shutdown of its service: what runs is stopped first. Leave it out for a restart with it.',
        const: true,
        examples: [true],
      },
    },
    additionalProperties: false,
    examples: [{ 'no-delayed-shutdown': true }],
  },
  Site: {
    description: 'A site: a place with hosts.',
    'x-extends': 'SiteSpec',
    properties: {
      labels: {
        description: 'Labels of the site, which deployments select by; `system/name` and `system/type` among them.',
        $ref: '#/$defs/Labels',
        examples: [{ 'system/name': 'gamla-stan', 'system/type': 'edge', 'example.com/region': 'north' }],
      },
      'served-here': {
        description: 'Whether this daemon looks after it (extension).',
        type: 'boolean',
        examples: [true],
      },
    },
    required: ['name', 'type', 'labels', 'hosts', 'served-here'],
    examples: [
      {
        name: 'gamla-stan',
        'descriptive-name': 'Stockholm, Old Town',
        type: 'edge',
        labels: { 'system/name': 'gamla-stan', 'system/type': 'edge', 'example.com/region': 'north' },
        hosts: [
          {
            name: 'host-001',
            labels: { 'example.com/size': 'medium' },
            'local-volumes': [{ name: 'fast', path: '/srv/fast' }],
          },
        ],
        'served-here': true,
      },
    ],
  },
  SiteType: { description: 'A site at the edge, or the one above them.', type: 'string', enum: ['edge', 'top'] },
  AssignedSite: {
    description: 'A site that a tenant may deploy to.',
    type: 'object',
    properties: {
      name: { description: 'Its name.', $ref: '#/$defs/Name', examples: ['gamla-stan'] },
      'descriptive-name': { description: 'What people call it.', type: 'string', examples: ['Stockholm, Old Town'] },
      type: { $ref: '#/$defs/SiteType' },
      location: { description: 'Where it is; absent where nobody said.', $ref: '#/$defs/Location' },
      labels: {
        description: 'Labels of the site, which deployments select by; `system/name` and `system/type` among them.',
        $ref: '#/$defs/Labels',
        examples: [{ 'system/name': 'gamla-stan', 'system/type': 'edge', 'example.com/region': 'north' }],
      },
    },
    required: ['name', 'type', 'labels'],
    additionalProperties: false,
  },
  Location: {
    description: 'A place on the earth.',
    type: 'object',
    properties: {
      latitude: { description: 'Degrees north.', type: 'number', examples: [59.325] },
      longitude: { description: 'Degrees east.', type: 'number', examples: [18.07] },
      description: { description: 'In words.', type: 'string', examples: ['Stockholm, Old Town'] },
    },
    additionalProperties: false,
  },
  ApplicationStatus: {
    description: 'How an application is at each of its sites.',
    type: 'object',
    properties: {
      name: { description: 'The application.', $ref: '#/$defs/Name' },
      tenant: {
        description: 'Whose it is; only in what the site provider sees of every tenant at once.',
        $ref: '#/$defs/Name',
        examples: ['acme'],
      },
      sites: {
        description: 'The sites it is deployed to.',
        type: 'array',
        items: { $ref: '#/$defs/ApplicationSiteStatus' },
      },
    },
    required: ['name', 'sites'],
    additionalProperties: false,
  },
  ApplicationSiteStatus: {
    description: 'How an application is at a site.',
    type: 'object',
    properties: {
      name: { description: 'The site.', $ref: '#/$defs/Name', examples: ['gamla-stan'] },
      'application-version': {
        description: 'The version that is to run; absent for an application without one.',
        $ref: '#/$defs/Version',
      },
      'oper-status': { description: 'How it is.', $ref: '#/$defs/OperStatus', examples: ['running'] },
      'error-message': { $ref: '#/$defs/ErrorMessage' },
      waiting: { description: 'Why nothing of it changes there now (extension).', $ref: '#/$defs/Waiting' },
      connected: { description: 'Whether a host of the site answers.', type: 'boolean', examples: [true] },
      'waiting-to-be-scheduled': {
        description: 'Versions that wait to be brought to the site: the newest waits alone.',
        type: 'integer',
        minimum: 0,
        examples: [0],
      },
    },
    required: ['name', 'oper-status', 'connected', 'waiting-to-be-scheduled'],
    additionalProperties: false,
  },
  Cluster: {
    description: 'The hosts of the site as a whole.',
    type: 'object',
    properties: {
      'site-name': { description: 'The site.', $ref: '#/$defs/Name', examples: ['gamla-stan'] },
      versions: {
        description: 'How many hosts have a version, by that version.',
        type: 'object',
        additionalProperties: { description: 'How many.', type: 'integer', minimum: 0 },
        examples: [{ '0.1.0': 1 }],
      },
    },
    required: ['site-name', 'versions'],
    additionalProperties: false,
  },
  Name: {
    description: 'A name that can be part of a DNS name.',
    type: 'string',
    pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
    examples: ['shop'],
  },
  Time: {
    description: 'RFC 3339, in UTC with milliseconds. What has not been yet is 1970-01-01T00:00:00.000Z.',
    type: 'string',
    format: 'date-time',
    examples: ['2026-03-14T09:26:53.589Z'],
  },
  Version: {
    description: 'The version of an application: letters, digits, dots, hyphens and plus signs. It has no order.',
    type: 'string',
    pattern: '^[a-zA-Z0-9.+-]+$',
    examples: ['2.4.2'],
  },
  Revision: {
    description: 'The id of a commit. Empty while there is none.',
    type: 'string',
    examples: ['8b137891791fe96927ad78e64b0aad7bded08bdc'],
  },
  Labels: {
    description: 'Labels by their name.',
    type: 'object',
    additionalProperties: { description: 'The value of the label.', type: 'string' },
    examples: [{ 'example.com/size': 'medium' }],
  },
  OperStatus: {
    description: 'How an application, a service instance or a container is.',
    type: 'string',
    enum: ['running', 'admin-down', 'upgrading', 'starting', 'error', 'failed'],
  },
  ErrorMessage: {
    description:
      'Why the status is what it is, in words a person can act on. It always stands beside `error`, `failed` and `down`; beside another status it says what is waited for.',
    type: 'string',
    examples: ['web-2: nginx: exit code 1; last it logged: "no such upstream"'],
  },
  JsonPatch: {
    description: 'Changes one after another (RFC 6902).',
    type: 'array',
    items: { $ref: '#/$defs/JsonPatchStep' },
    examples: [[{ op: 'replace', path: '/version', value: '2.5.0' }]],
  },
  JsonPatchStep: {
    description: 'One change.',
    type: 'object',
    properties: {
      op: { description: 'What is done.', type: 'string', enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
      path: { description: 'Where, as a JSON Pointer.', type: 'string', examples: ['/services/0/replicas'] },
      from: { description: 'Where from, of `move` and `copy`.', type: 'string', examples: ['/services/1'] },
      value: { description: 'What, of `add`, `replace` and `test`.', examples: [3] },
    },
    required: ['op', 'path'],
    additionalProperties: true,
  },
  WebhookPayload: {
    description: 'What the forge says of an event, in its own words. Of a push `ref` and `repository` are looked at.',
    type: 'object',
    examples: [{ ref: 'refs/heads/main', repository: { full_name: 'acme/site' } }],
  },
  GenericWebhook: {
    description:
      'What was pushed. Other keys are ignored, and nothing at all is as good as a push of the branch that is followed.',
    type: 'object',
    properties: {
      ref: {
        description: 'The full name of what was pushed, or that of a branch.',
        type: 'string',
        examples: ['refs/heads/main'],
      },
      repository: {
        description:
          'Its address, or its name with that of its owner. Another than the one that is followed is refused.',
        type: 'string',
        examples: ['https://git.example.com/acme/site.git'],
      },
    },
    examples: [{ ref: 'main' }],
  },
};
