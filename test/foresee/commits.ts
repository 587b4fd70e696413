import type { DesiredApplication, DesiredSite } from '../../src/model/desired.ts';
import { desire } from '../builders.ts';
import type { Specs } from './changes.ts';
import { hostIn, knownSpecs, leftAloneIn, rulesIn, secretsIn, type Circumstances } from './circumstances.ts';

/** A repository: what is committed, and what is to be known of earlier versions. */
export class Commits {
  #history: readonly DesiredApplication[] = [];
  #former: DesiredSite | undefined;
  #count = 0;

  /** Each version of an application once with its newest text, the newest first, three with the present one (contract 8.3). */
  add(all: Specs, circumstances: Circumstances = {}): DesiredSite {
    this.#count += 1;
    const specs = knownSpecs(all, circumstances);
    const former = this.#former === undefined ? {} : { former: this.#former };
    const site = desire(specs, {
      ...{ revision: `r${this.#count}`, leftAlone: leftAloneIn(circumstances), ...former },
      ...{ secrets: secretsIn(circumstances), host: hostIn(circumstances) },
    });
    this.#history = [...Object.values(site.applications), ...this.#history];
    const earlier = Object.values(site.applications).map(({ key, version }) => {
      const others = this.#history.filter((one) => one.key === key && one.version !== version);
      const newest = [...new Map(others.toReversed().map((one) => [one.version, one])).values()].toReversed();
      return [key, newest.slice(0, 2)] as const;
    });
    const { versionsComplete = true } = circumstances;
    this.#former = { ...site, ...rulesIn(circumstances), versionsComplete, earlier: Object.fromEntries(earlier) };
    return this.#former;
  }
}
