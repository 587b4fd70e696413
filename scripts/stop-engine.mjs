// node scripts/stop-engine.mjs DIRECTORY: removes a private engine that was kept running, with everything on it.
import { removeGround, toGround } from './setup/ground.mjs';

const ground = toGround(process.argv[2] ?? '');
if (!ground) {
  console.error('usage: node scripts/stop-engine.mjs DIRECTORY   (the folder fairlead-XXXXXX of a private engine)');
  process.exit(2);
}
await removeGround(ground);
