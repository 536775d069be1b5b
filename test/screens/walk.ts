import { setTimeout as pause } from 'node:timers/promises';

/** A terminal that somebody looks at and types on: one of a test's own, or a machine's. */
export interface Walked {
  grid(): string | Promise<string>;
  /** Waits until the text is there; answers all that is shown then. */
  see(text: string): Promise<string>;
  gone(text: string): Promise<unknown>;
  press(...keys: string[]): unknown;
  type(text: string): unknown;
}

/** Opens one page after the other and keeps how each looks. */
export async function walk(terminal: Walked): Promise<string> {
  const pages: string[] = [];
  const keep = async (wanted: string) => {
    let page = await terminal.see(wanted);
    // A large picture comes in pieces.
    for (let before = ''; before !== page; page = await terminal.grid()) {
      before = page;
      await pause(100);
    }
    pages.push(page);
  };
  const down = async (entry: string) => {
    await terminal.press('down');
    await terminal.see(`> ${entry}`);
  };
  // The drawings come after the first picture, where there are any.
  await keep((await terminal.grid()).includes('Language') ? '         42%' : 'tick 0');
  await terminal.press('2');
  await keep('present value of Form');
  await terminal.press('enter');
  await terminal.see('A form');
  await terminal.press('tab', 'tab', 'enter');
  await keep('! Password is empty');
  await terminal.press('f1');
  await keep('Shift+Tab');
  await terminal.press('escape');
  await terminal.gone('Shift+Tab');
  await terminal.press('escape');
  await terminal.gone('A form');
  await down('List');
  await terminal.press('enter');
  await terminal.see('> em00');
  await terminal.press('end');
  await keep('> em59');
  await terminal.press('escape');
  await terminal.gone('em59');
  await down('Confirm');
  await down('Phrase');
  await terminal.press('enter');
  await terminal.see('Power off');
  await terminal.type('power OFF');
  await terminal.press('enter');
  await keep('Capital and small letters differ');
  await terminal.press('escape');
  await terminal.gone('Power off');
  await down('Progress');
  await terminal.press('enter');
  await keep('50%');
  await terminal.press('escape');
  await terminal.see('stopped');
  await terminal.press('enter');
  await terminal.gone('stopped');
  await down('Plan');
  await terminal.press('enter');
  await keep('Make this change?');
  await terminal.press('n');
  await terminal.gone('Make this change?');
  await down('Reader');
  await terminal.press('enter');
  await terminal.see('following the end');
  await terminal.press('up');
  await keep('more below');
  return pages.join(`\n${'='.repeat(40)}\n`);
}
