import { Command } from 'commander';
import { tell } from './print.ts';

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
