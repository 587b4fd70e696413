import { application, container, service } from '../builders.ts';

// What releases of Fairlead have stamped in format 1, for ever.

const PLAIN = application('shop', { services: [service('web', { containers: [container('nginx')] })] });
const FULL = application('till', {
  version: '2.4.2',
  services: [
    service('web', {
      containers: [
        container('nginx', {
          image: 'registry.example.com/nginx:1.27',
          entrypoint: ['/bin/nginx'],
          cmd: ['-g', 'daemon off;'],
          env: { B: '2', A: '1' },
          user: '1000:1000',
          memory: '64 MiB',
          cpus: 0.5,
          'cpu-shares': 512,
          'shutdown-timeout': '30s',
          'no-builtin-init': true,
        }),
      ],
    }),
  ],
});

export const GOLDEN_SPECS = [PLAIN, FULL];

/** GOLDEN: a change here restarts every container in the field. Add a format instead. */
export const GOLDEN_HASHES = {
  'acme.shop.web-1': '1:08756f883c732d4e73c2c7edb27cb757',
  'acme.shop.web-1.nginx': '1:fd7e87b1de4f78ec0c912a039fbb96fe',
  'acme.till.web-1': '1:32a7a53f5a3cac70d29b7a90fd55a7fd',
  'acme.till.web-1.nginx': '1:1425c22a609c290a17bdb1704625fc8c',
};
