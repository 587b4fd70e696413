/** Ids of what is made and gone within one call say nothing to anybody, and would make every try a new message. */
const PASSING_ID = / \([0-9a-f]{64}\)/g;

/** The programs a call went through on the engine, which stand around what the last of them has to say. */
const AROUND = [
  /failed to create (?:shim )?task(?: for container)?: /,
  /OCI runtime create failed: /,
  /runc create failed: /,
  /unable to start container process: /,
  /: unknown$/,
];

/** What a person can do about what an engine says, where its own words leave that open. */
const NEXT_MOVES: readonly (readonly [RegExp, string])[] = [
  [/could not select device driver "nvidia"/, 'the host needs the NVIDIA driver and the NVIDIA Container Toolkit'],
  [
    /custom device ".*": no such file or directory/,
    'the host has no such device: connect it, or correct `devices` of the host under sites/',
  ],
  [/port is already allocated|address already in use/, 'choose another `host-port`, or leave it out for a free one'],
  [/bind: cannot assign requested address/, 'the host does not have the address: correct `host-ip`'],
  [/invalid CapAdd: unknown capability/, 'the engine is older than it: take it out of `additional-capabilities`'],
  [/unable to apply caps/, 'the engine may not give all of them: ask for fewer `additional-capabilities`'],
];

/** An engine's own words, without passing ids and the programs between, and with the next move. */
export function explainRefusal(message: string): string {
  const words = AROUND.reduce((rest, layer) => rest.replace(layer, ''), message.replaceAll(PASSING_ID, ''));
  const next = NEXT_MOVES.find(([pattern]) => pattern.test(words))?.[1];
  return next === undefined ? words : `${words}; ${next}`;
}
