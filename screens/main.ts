import { calledWith, wrongCall } from '../src/api/called.ts';
import { placesOf } from '../src/api/places.ts';
import { LANGS } from '../src/api/words.ts';
import { startConsole } from './console.ts';

const USAGE = `zs-console [--lang en|zh] [--stay] [--speed BAUD]
        draws and asks on the terminal that it was started on
zs-console --replay FILE
        shows a recording, of /var/lib/zs-console/flights or of collected logs

--lang en|zh    English or Chinese
--stay          no key leaves it: for the node's own terminals, behind which there is nothing
--speed BAUD    sends no more than a line of so many bits a second takes; 0: not known
--data DIR      folder of a development run
--help          this text
--version       the version

Exit codes: 0 left, 1 the terminal cannot be used, 2 wrong call, 128+n ended by signal n.`;

const OPTIONS = {
  lang: { type: 'string' },
  data: { type: 'string' },
  stay: { type: 'boolean' },
  speed: { type: 'number' },
  replay: { type: 'string' },
} as const;
/** A byte on a serial line: a start bit, eight of its own, a stop bit. */
const BITS_OF_A_BYTE = 10;

function main(): void {
  const values = calledWith('zs-console', USAGE, OPTIONS);
  const lang = LANGS.find((one) => one === values.lang);
  if (values.lang !== undefined && lang === undefined) wrongCall('zs-console', '--lang is en or zh');
  const bytesPerSecond = (values.speed ?? 0) / BITS_OF_A_BYTE || undefined;
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

main();
