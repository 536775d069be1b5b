import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * The options that a script was given. `--help` prints the usage and ends with 0; an option that it does not know, or
 * a word, is told in one line and ends it with 2, before anything is done.
 */
export function given<const O extends ParseArgsOptionsConfig>(usage: string, options: O) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } });
    if ((values as { help?: boolean }).help !== true)
      return values as ReturnType<typeof parseArgs<{ options: O }>>['values'];
  } catch (error) {
    return wrong((error as Error).message.split('. ')[0] ?? '');
  }
  console.log(usage);
  process.exit(0);
}

/** Says what is wrong in one line, and ends with 2. */
export function wrong(text: string): never {
  console.error(text);
  process.exit(2);
}
