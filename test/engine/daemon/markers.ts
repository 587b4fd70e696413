import { askEngine } from '../../engine-hosts/engine-client.ts';
import { ENGINE } from './daemon-process.ts';

/** Why an upgrade was given up, as its marker on the engine says. */
export interface Aborted {
  readonly from: readonly string[];
  readonly to: string;
  readonly reason: string;
}

/** What the markers of an application say that an upgrade of it leaves when it fails. */
export async function abortedOf(owner: string, application: string): Promise<readonly Aborted[]> {
  const label = [
    `io.fairlead.owner=${owner}`,
    `io.fairlead.application=${application}`,
    'io.fairlead.marker=upgrade-aborted',
  ];
  const query = { filters: JSON.stringify({ label }) };
  const { Volumes } = JSON.parse(await askEngine(ENGINE, '/volumes', { query })) as {
    Volumes: { readonly Labels: Readonly<Record<string, string>> }[] | null;
  };
  return (Volumes ?? []).map(({ Labels }) => JSON.parse(Labels['io.fairlead.marker-facts'] ?? '') as Aborted);
}
