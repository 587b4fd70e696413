import { inject } from 'vitest';

// The engine of this worker, as `FAIRLEAD_TEST_DOCKER` and `FAIRLEAD_TEST_NETWORK_POOL` (see global-setup.ts): vitest
// counts its workers from 1, and no two that live at a time have one number.

const { endpoint, networkPool } = inject('engines')[Number(process.env['VITEST_POOL_ID']) - 1]!;
process.env['FAIRLEAD_TEST_DOCKER'] = endpoint;
if (networkPool !== undefined) process.env['FAIRLEAD_TEST_NETWORK_POOL'] = networkPool;
