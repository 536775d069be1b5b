import { parseArgs } from 'node:util';
import { placesOf } from '../src/api/places.ts';
import { LANGS } from '../src/api/words.ts';
import { startConsole } from './console.ts';

/**
 * zs-console: draws and asks on the terminal that it was started on.
 *   zs-console [--lang en|zh] [--data DIR]
 * Exit codes: 0 left, 1 the terminal cannot be used, 2 wrong call, 128+n ended by signal n.
 */
function main(): void {
  const { values } = parseArgs({ options: { lang: { type: 'string' }, data: { type: 'string' } } });
  const lang = LANGS.find((one) => one === values.lang);
  if (values.lang !== undefined && lang === undefined) {
    process.stderr.write('zs-console: --lang: en or zh\n');
    process.exit(2);
  }
  void startConsole({ places: placesOf(values.data), ...(lang === undefined ? {} : { lang }) });
}

main();
