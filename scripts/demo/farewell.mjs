import { shop } from './acts.mjs';

/** @typedef {import('./acts.mjs').Stage} Stage */

/** After a demo that was removed. @param {Stage} stage */
export function tellHowToGoOn({ screen }) {
  screen.say('\nTo go on by hand:');
  screen.say('   npm run demo -- --keep            the same, left running, with the commands to look around');
  screen.say('   npm run demo -- rolling-upgrade   an upgrade instance by instance, and one that is rolled back');
  screen.say('   npm run --silent fairlead -- run --repository PATH|URL --state-dir DIR     your own repository');
  screen.say('   README.md says what goes into it, examples/ has more.');
}

/**
 * After one that was kept.
 *
 * @param {Stage} stage
 * @param {import('./stories.mjs').Suggestion} suggestion
 */
export function tellHowToLookAround({ screen, state, directory, repository, engine }, suggestion) {
  const fairlead = 'npm run --silent fairlead --';
  screen.say('\nEverything runs on. In this shell:');
  screen.block(
    [
      `export FAIRLEAD_SERVER=${state.server} FAIRLEAD_TOKEN_FILE=${state.tokenFile}`,
      `${fairlead} get applications`,
      `${fairlead} get service-instances --watch`,
      `${fairlead} plan`,
      `curl -H "Authorization: Bearer $(cat $FAIRLEAD_TOKEN_FILE)" $FAIRLEAD_SERVER/v1/state/applications`,
      `docker --host ${engine.endpoint} ps`,
    ].join('\n'),
  );
  screen.say('\nChange something, and look again:');
  screen.block(
    [
      `sed -i '${suggestion.edit}' ${repository.dir}/${shop}`,
      `git -C ${repository.dir} commit -am '${suggestion.message}'`,
    ].join('\n'),
  );
  screen.say(`\nThe daemon's log is ${directory}/daemon.log. To end it and remove everything:`);
  screen.block(`npm run demo -- --stop ${directory}`);
}
