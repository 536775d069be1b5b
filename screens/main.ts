import { parseArgs } from 'node:util';
import { placesOf } from '../src/api/places.ts';
import { LANGS } from '../src/api/words.ts';
import { startConsole } from './console.ts';

const OPTIONS = {
  lang: { type: 'string' },
  data: { type: 'string' },
  stay: { type: 'boolean' },
  speed: { type: 'string' },
  replay: { type: 'string' },
} as const;
/** A byte on a serial line: a start bit, eight of its own, a stop bit. */
const BITS_OF_A_BYTE = 10;

/**
 * zs-console: draws and asks on the terminal that it was started on.
 *   zs-console [--lang en|zh] [--data DIR] [--stay] [--speed BAUD]
 *   zs-console --replay FILE     shows a recording (of /var/lib/zs-console/flights, or of a log bundle)
 * With --stay it cannot be left by a key: so it runs on the node's own terminals, where nothing is behind it.
 * With --speed no more is sent than a line of so many bits a second takes; 0: not known.
 * Exit codes: 0 left, 1 the terminal cannot be used, 2 wrong call, 128+n ended by signal n.
 */
function main(): void {
  const { values } = parseArgs({ options: OPTIONS });
  const lang = LANGS.find((one) => one === values.lang);
  if (values.lang !== undefined && lang === undefined) wrong('--lang: en or zh');
  if (values.speed !== undefined && !/^\d{1,7}$/.test(values.speed)) wrong('--speed: bits a second, or 0');
  const bytesPerSecond = Number(values.speed ?? 0) / BITS_OF_A_BYTE || undefined;
  const { replay } = values;
  if (replay !== undefined) {
    void import('./replay/replay.ts').then(({ replayFlight }) => replayFlight(replay));
    return;
  }
  const stay = values.stay ?? false;
  void startConsole({
    places: placesOf(values.data),
    stay,
    bytesPerSecond,
    ...(lang === undefined ? {} : { lang }),
  });
}

function wrong(why: string): never {
  process.stderr.write(`zs-console: ${why}\n`);
  process.exit(2);
}

main();
