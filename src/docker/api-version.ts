import { DockerError } from './port.ts';
import type { WireVersion } from './wire.ts';

/** The newest API version Fairlead was written against. */
const NEWEST = '1.47';
/** Docker 20.10. */
const OLDEST = '1.41';

/** The version to speak with an engine; DockerError `refused` when there is none both know. */
export function negotiateApiVersion(engine: WireVersion): string {
  if (isBelow(engine.ApiVersion, OLDEST)) {
    throw new DockerError(
      'refused',
      `the engine's API ${engine.ApiVersion} is too old: Docker 20.10 (${OLDEST}) is the oldest supported`,
    );
  }
  if (engine.MinAPIVersion !== undefined && isBelow(NEWEST, engine.MinAPIVersion)) {
    throw new DockerError(
      'refused',
      `the engine wants API ${engine.MinAPIVersion} or newer, Fairlead speaks up to ${NEWEST}`,
    );
  }
  return isBelow(engine.ApiVersion, NEWEST) ? engine.ApiVersion : NEWEST;
}

function isBelow(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
