import { parseArgs } from 'node:util';
import { placesOf } from '../src/api/places.ts';
import { LANGS } from '../src/api/words.ts';
import { startConsole } from './console.ts';

const OPTIONS = { lang: { type: 'string' }, data: { type: 'string' }, stay: { type: 'boolean' } } as const;

/**
 * zs-console: draws and asks on the terminal that it was started on.
 *   zs-console [--lang en|zh] [--data DIR] [--stay]
 * With --stay it cannot be left by a key: so it runs on the node's own terminals, where nothing is behind it.
 * Exit codes: 0 left, 1 the terminal cannot be used, 2 wrong call, 128+n ended by signal n.
 */
function main(): void {
  const { values } = parseArgs({ options: OPTIONS });
  const lang = LANGS.find((one) => one === values.lang);
  if (values.lang !== undefined && lang === undefined) {
    process.stderr.write('zs-console: --lang: en or zh\n');
    process.exit(2);
  }
  const stay = values.stay ?? false;
  void startConsole({ places: placesOf(values.data), stay, ...(lang === undefined ? {} : { lang }) });
}

main();
