import type { ServiceSpec } from '../model/application-spec.ts';
import type { DesiredVariables } from '../model/desired.ts';
import type { InstanceName } from '../model/names.ts';
import type { Placed } from '../placement/place-instance.ts';
import type { SiteContext } from './site-context.ts';

/** What everything in one instance is made from. */
export interface InstanceContext {
  readonly name: InstanceName;
  readonly version: string | undefined;
  readonly userLabels: Readonly<Record<string, string>>;
  readonly onVariableChange: DesiredVariables['onChange'];
  readonly service: ServiceSpec;
  readonly site: SiteContext;
  /** The network of its application on the engine. */
  readonly network: string;
  readonly placed: Placed;
}
