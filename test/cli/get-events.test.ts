import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { serverEvents } from '../../src/cli/server-events.ts';
import { createEventRing, type GrowingEventRing } from '../../src/journal/event-ring.ts';
import { eventually } from '../eventually.ts';
import { serve } from '../api/served.ts';
import { application, snapshot } from '../api/snapshot-builders.ts';
import { connectionTo, createTerminal, printed, run, shows, type Terminal } from './terminal.ts';

const SITE = snapshot({ applications: [application('acme.shop')] });
const START = Date.parse('2026-01-02T03:04:05.678Z');

function story(capacity = 1000): GrowingEventRing {
  let time = START;
  const events = createEventRing({ capacity, now: () => (time += 1000) });
  events.add({ type: 'host-up', host: 'edge-1', message: 'host up: Docker 20' }, 'local');
  tell(events, 'running → error: no such\nimage');
  return events;
}

function tell(events: GrowingEventRing, message: string, name = 'shop'): void {
  const place = { tenant: 'acme', application: name, 'service-instance': 'web-1', container: 'nginx' };
  events.add({ type: 'container-status', ...place, message }, 'local');
}

/** The words after the last arrow of each line. */
const messages = (terminal: Terminal) => [...terminal.stdout().matchAll(/ → (.*)\n/g)].map(([, word]) => word);

describe('fairlead get events', () => {
  it('shows what has happened, the newest last', async () => {
    const { origin } = await serve(SITE, { events: story() });
    expect(await printed(origin, 'get', 'events')).toBe(
      [
        'TIME                       TYPE               OBJECT                  MESSAGE',
        '2026-01-02T03:04:06.678Z   host-up            edge-1                  host up: Docker 20',
        '2026-01-02T03:04:07.678Z   container-status   acme.shop.web-1.nginx   running → error: no such image',
        '',
      ].join('\n'),
    );
  });

  it('shows those of one application', async () => {
    const events = story();
    tell(events, 'starting → running', 'blog');
    const { origin } = await serve(SITE, { events });
    const shown: unknown = JSON.parse(await printed(origin, 'get', 'events', 'blog', '-o', 'json'));
    expect(shown).toMatchObject([{ application: 'blog' }]);
    expect(await printed(origin, 'get', 'events', 'none')).toBe('No events.\n');
  });

  it('shows no more than the newest hundred', async () => {
    const events = story();
    for (let i = 1; i <= 150; i += 1) tell(events, `event ${i}`);
    const { origin } = await serve(SITE, { events });
    const lines = (await printed(origin, 'get', 'events')).trimEnd().split('\n');
    expect([lines.length, lines[1], lines.at(-1)]).toEqual([
      101,
      expect.stringMatching(/event 51$/),
      expect.stringMatching(/event 150$/),
    ]);
  });
});

describe('fairlead get events --watch', () => {
  it('shows the newest, then each as it happens, until Ctrl-C', async () => {
    const events = story();
    const { origin } = await serve(SITE, { events });
    const terminal = createTerminal();
    const done = run(terminal, 'get', 'events', '--watch', ...(await connectionTo(origin)));
    await shows(terminal, /no such image\n/);
    tell(events, 'error → running');
    await shows(terminal, /error → running\n/);
    terminal.pressCtrlC();
    await done;
    const [titles, first] = terminal.stdout().split('\n');
    expect(titles).toMatch(/^TIME +TYPE +OBJECT +MESSAGE$/);
    expect(first?.indexOf('host up')).toBe(titles?.indexOf('MESSAGE'));
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([0, '']);
  });

  it('goes on where it was when the daemon was away', async () => {
    const events = story();
    const served = await serve(SITE, { events });
    const { port } = new URL(served.origin);
    const terminal = createTerminal();
    const done = run(terminal, 'get', 'events', '--watch', ...(await connectionTo(served.origin)));
    await shows(terminal, /no such image\n/);
    await served.close();
    await eventually(() => expect(terminal.stderr()).toMatch(/^fairlead: no Fairlead answers .*\n$/m));
    tell(events, 'error → meanwhile');
    await serve(SITE, { events }, { listen: { host: '127.0.0.1', port: Number(port) } });
    await shows(terminal, /meanwhile\n/);
    tell(events, 'error → afterwards');
    await shows(terminal, /afterwards\n/);
    terminal.pressCtrlC();
    await done;
    expect(messages(terminal)).toEqual(['error: no such image', 'meanwhile', 'afterwards']);
  });

  it('says when it missed some', async () => {
    const events = story(3);
    const served = await serve(SITE, { events });
    const { port } = new URL(served.origin);
    const terminal = createTerminal();
    const done = run(terminal, 'get', 'events', '--watch', ...(await connectionTo(served.origin)));
    await shows(terminal, /no such image\n/);
    await served.close();
    for (let i = 1; i <= 9; i += 1) tell(events, `meanwhile → ${i}`);
    await serve(SITE, { events }, { listen: { host: '127.0.0.1', port: Number(port) } });
    await shows(terminal, /meanwhile → 9\n/);
    terminal.pressCtrlC();
    await done;
    expect(messages(terminal)).toEqual(['error: no such image', '7', '8', '9']);
    expect(terminal.stderr()).toMatch(/^fairlead: some events were missed/m);
  });

  it('writes lines of JSON and documents of YAML', async () => {
    const { origin } = await serve(SITE, { events: story() });
    for (const [format, parse] of [
      [
        'json',
        (text: string): unknown[] =>
          text
            .trimEnd()
            .split('\n')
            .map((line): unknown => JSON.parse(line)),
      ],
      ['yaml', (text: string): unknown[] => parseAllDocuments(text).map((document) => document.toJS() as unknown)],
    ] as const) {
      const terminal = createTerminal();
      const done = run(terminal, 'get', 'events', '-w', '-o', format, ...(await connectionTo(origin)));
      await shows(terminal, /no such/);
      terminal.pressCtrlC();
      await done;
      expect(parse(terminal.stdout())).toMatchObject([{ type: 'host-up' }, { type: 'container-status' }]);
    }
  });

  it('ends with 1 when there is no daemon to begin with', async () => {
    const { origin, close } = await serve(SITE);
    await close();
    const terminal = createTerminal();
    await run(terminal, 'get', 'events', '--watch', ...(await connectionTo(origin)));
    expect([terminal.exitCode(), terminal.stderr()]).toEqual([1, expect.stringMatching(/no Fairlead answers/)]);
  });
});

describe('events in a stream of text', () => {
  it('are whole ones, however the text is cut', async () => {
    const text = ': alive\n\nretry: 2000\n\nid: 1\ndata: {}\n\nevent: gap\ndata: a\ndata: b\n\nid: 2\ndata: torn';
    for (const size of [1, 7, 1000]) {
      const found = [];
      for await (const event of serverEvents(piecesOf(text, size))) found.push(event);
      expect(found).toEqual([
        { name: 'message', id: '1', data: '{}' },
        { name: 'gap', id: '', data: 'a\nb' },
      ]);
    }
  });
});

async function* piecesOf(text: string, size: number): AsyncGenerator<string, void> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
