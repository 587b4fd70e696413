/** @typedef {import('./chapters.mjs').Stage} Stage */

/** After a demo that was removed. @param {Stage} stage */
export function tellHowToGoOn({ screen }) {
  screen.say('\nTo go on by hand:');
  screen.say('   npm run demo -- --keep        the same, left running, with the commands to look around');
  screen.say('   npm run --silent fairlead -- run --repository PATH|URL --state-dir DIR     your own repository');
  screen.say('   README.md says what goes into it, examples/ has more.');
}

/** After one that was kept. @param {Stage} stage @param {string} endpoint */
export function tellHowToLookAround({ screen, state, directory, repository }, endpoint) {
  const fairlead = 'npm run --silent fairlead --';
  screen.say('\nEverything runs on. In this shell:');
  screen.block(
    [
      `export FAIRLEAD_SERVER=${state.server} FAIRLEAD_TOKEN_FILE=${state.tokenFile}`,
      `${fairlead} get applications`,
      `${fairlead} get service-instances --watch`,
      `${fairlead} plan`,
      `curl -H "Authorization: Bearer $(cat $FAIRLEAD_TOKEN_FILE)" $FAIRLEAD_SERVER/v1/state/applications`,
      `docker --host ${endpoint} ps`,
    ].join('\n'),
  );
  screen.say('\nChange something, and look again:');
  screen.block(
    [
      `sed -i 's/replicas: 2/replicas: 3/' ${repository.dir}/tenants/acme/applications/shop.yaml`,
      `git -C ${repository.dir} commit -am 'A third page'`,
    ].join('\n'),
  );
  screen.say(`\nThe daemon's log is ${directory}/daemon.log. To end it and remove everything:`);
  screen.block(`npm run demo -- --stop ${directory}`);
}
