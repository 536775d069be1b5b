import { Command, Option } from 'commander';
import { tell } from './print.ts';

/** For developers, so that no help of an installed node tells it. */
export const dataOption = (): Option =>
  new Option('--data <DIR>', 'folder of a development controller').hideHelp();

/** A command line of ours: it tells help and version, and what is wrong in one line that names the program. */
export const scriptNamed = (name: string): Command =>
  new Command(name)
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .version(`${name} ${process.env.ZS_VERSION ?? 'development'}`, '--version', 'show the version')
    .configureOutput({
      outputError: (text) =>
        tell(
          `${name}: ${text
            .replace(/^error: /, '')
            .trimEnd()
            .replaceAll('\n', ' ')} (--help tells)`,
        ),
    });
