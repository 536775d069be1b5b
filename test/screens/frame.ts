import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Bundle, bundle, NODE } from './bundle.ts';
import { type TerminalOptions, TestTerminal } from './terminal.ts';

export type FrameOptions = Partial<Omit<TerminalOptions, 'argv'>> & { wishes?: readonly string[] };

/** For a file of tests: builds the program with every kind of page once, and ends what the tests start. */
export function frameTests(): {
  start(options?: FrameOptions): Promise<TestTerminal>;
  /** Starts the program under a shell command that holds `"$@"` where the program is to run. */
  startUnder(command: string, options?: FrameOptions): TestTerminal;
} {
  let program: Bundle;
  const running: TestTerminal[] = [];

  beforeAll(async () => {
    program = await bundle('test/screens/fixture-app.ts');
  });
  afterEach(async () => {
    for (const terminal of running.splice(0)) await terminal.end();
  });
  afterAll(() => program.remove());

  const open = (argv: readonly [string, ...string[]], options: FrameOptions) => {
    const terminal = new TestTerminal({ ...options, argv });
    running.push(terminal);
    return terminal;
  };
  return {
    async start(options = {}) {
      const terminal = open([NODE, program.file, ...(options.wishes ?? [])], options);
      await terminal.see('<q> Quit');
      return terminal;
    },
    startUnder: (command, options = {}) =>
      open(['/bin/sh', '-c', command, 'sh', NODE, program.file], options),
  };
}
