import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { type Terminal, terminalOf } from './terminals.ts';

const unknownTerminal = (term: string) =>
  new Fault(
    'unavailable',
    say(
      `The console cannot draw on this terminal (TERM=${term || 'not set'})`,
      `无法在此终端上显示控制台 (TERM=${term || '未设置'})`,
    ),
    {
      next: say(
        'Set TERM to what the terminal is, for example: TERM=vt100',
        '请将 TERM 设为终端的实际类型，例如：TERM=vt100',
      ),
    },
  );

/** The terminal that an environment names. @throws Fault `unavailable` when nothing is known of it, with what to do */
export function terminalFor(env: NodeJS.ProcessEnv): Terminal {
  const term = env.TERM ?? '';
  const terminal = terminalOf(term);
  if (terminal === undefined) throw unknownTerminal(term);
  return terminal;
}

const noTerminal = () =>
  new Fault('usage', say('The console needs a terminal', '控制台需要终端'), {
    next: say('Start it on a terminal, not in a pipe', '请在终端上启动，不要通过管道'),
  });

/** @throws Fault `usage` when keys or picture would go into a pipe or a file */
export function mustBeTerminal(...streams: readonly { readonly isTTY?: boolean }[]): void {
  if (streams.some(({ isTTY }) => isTTY !== true)) throw noTerminal();
}
