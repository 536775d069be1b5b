import { open, readFile, writeFile } from 'node:fs/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { codeOf } from '../../system/errno.ts';
import { setInNodeIni, settingIn } from '../../system/node-ini.ts';
import type { Keeper } from './apply.ts';
import type { Values } from './plan/steps.ts';

/** The kernel's own word for it, in seconds, for all virtual terminals. */
const SECONDS = '/sys/module/kernel/parameters/consoleblank';
/** Told on a terminal that nobody draws on, so that no other sequence is cut in two. */
const TERMINAL = '/dev/tty12';
const SETTING = 'blank_minutes';

/** When the screen goes dark: in the kernel now, and in node.ini for the next start. */
export const blankingKeeper = (config: string): Keeper<Values['blanking']> => ({
  async read() {
    const terminal = await open(TERMINAL, 'r+').catch(noScreen);
    await terminal.close();
    const seconds = Number(await readFile(SECONDS, 'utf8').catch(noScreen));
    const set = await settingIn(config, SETTING);
    return { now: Math.round(seconds / 60), atStart: set === undefined ? null : Number(set) };
  },
  async write({ now, atStart }) {
    await blank(now);
    await setInNodeIni(config, SETTING, atStart === null ? undefined : String(atStart));
  },
});

/** Tells the kernel; 0 is never. Throws `unavailable` on a machine without a screen of its own. */
export async function blank(minutes: number): Promise<void> {
  await writeFile(TERMINAL, `\x1b[9;${minutes}]`, { flag: 'r+' }).catch(noScreen);
}

function noScreen(thrown: unknown): never {
  throw new Fault(
    'unavailable',
    say(
      `this machine has no virtual terminal (${codeOf(thrown) ?? 'no answer'})`,
      `本机没有虚拟终端（${codeOf(thrown) ?? '无应答'}）`,
    ),
    { cause: thrown },
  );
}
