import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { mustRun } from '../../system/exec.ts';
import { systemctl } from '../../system/systemctl.ts';
import { openShell } from './schema.ts';

const RESERVED_TERMINAL = '2';
const TIMEOUT = 10_000;

export const terminalActions: Implementation[] = [
  implement(openShell, async (_input, { caller }) => {
    // The line is the kernel's word, so nobody else's terminal can be turned.
    if (/^tty\d+$/.test(caller.line)) await mustRun(['chvt', RESERVED_TERMINAL], { timeout: TIMEOUT });
    else if (/^tty[A-Z]+\d+$/.test(caller.line)) await promptOn(caller.line);
    else throw shellIsThere();
  }),
];

/** The unit takes the line from the console, and gives it back when the shell has ended. */
const promptOn = (line: string): Promise<void> =>
  systemctl(['start', '--no-block', `zs-login@${line}.service`], TIMEOUT);

const shellIsThere = (): Fault =>
  new Fault('conflict', say('leave the console: the shell is behind it', '退出控制台即可回到命令行'));
