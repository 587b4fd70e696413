import type { RestartResult } from '../../journal/restart-action.ts';
import type { InstanceState } from '../../status/documents.ts';
import type { Actions } from './actions.ts';
import { findInstance } from '../state/applications.ts';
import { ApiError } from '../protocol/errors.ts';
import { parseRestartBody } from './restart-body.ts';
import type { Answer, Route, View } from '../protocol/route.ts';
import { namedPrincipal } from '../protocol/principal.ts';

const DESCRIPTION = `Everything of the instance is made anew but its volumes, with the delayed shutdown of its service unless the
body says otherwise. The header \`Fairlead-Run\` of the answer is the id of the run that tells what came of it.`;

/** Makes a service instance anew (contract 5.4, seed 001). */
export function restartRoutes(actions: Actions): readonly Route[] {
  return [
    {
      path: '/v1/state/applications/:application/service-instances/:instance/restart',
      audience: 'tenants',
      methods: {
        POST: {
          id: 'restartServiceInstance',
          summary: 'Make a service instance anew',
          description: DESCRIPTION,
          role: 'operate',
          body: { schema: 'Restart', required: false },
          responses: { 204: { description: 'Accepted; what comes of it is a run' } },
          errors: [409],
          answer: (view) => restart(actions, view),
        },
      },
    },
  ];
}

/** 404 and 409 come before what is wrong with the body (contract 5.1). */
async function restart(actions: Actions, view: View): Promise<Answer> {
  const { entry, instance } = findInstance(view);
  if (instance.host === '' || instance.lingering === true) throw refusal('not-placed', instance);
  const { delayed } = parseRestartBody(view.body);
  const { principal, address } = view.caller;
  const result = await actions.restart({
    principal: principal && namedPrincipal(principal),
    address,
    site: view.snapshot.site,
    tenant: entry.tenant,
    application: entry.name,
    instance: instance.name,
    containers: [...instance['init-containers'], ...instance.containers].map(({ id }) => id),
    delayed,
  });
  if (result.kind !== 'accepted') throw refusal(result.kind, instance);
  return { kind: 'empty', status: 204, headers: { 'fairlead-run': result.run.id } };
}

function refusal(why: Exclude<RestartResult['kind'], 'accepted'>, instance: InstanceState): ApiError {
  const { name } = instance;
  switch (why) {
    case 'not-placed':
      return new ApiError(409, notPlaced(instance));
    case 'under-way':
      return new ApiError(409, `${name} is being made anew already; try again when it runs`);
    case 'dry-run':
      return new ApiError(409, 'this daemon was started with --dry-run and touches nothing');
    default:
      return why satisfies never;
  }
}

function notPlaced({ name, host, lingering, 'error-message': reason }: InstanceState): string {
  if (lingering) return `${name} is in its delayed shutdown; what succeeds it can be restarted`;
  if (host === '') return `${name} is on no host${reason === undefined ? '' : `: ${reason}`}`;
  return `${name} is left as it is for now, so it cannot be made anew; its application says why`;
}
