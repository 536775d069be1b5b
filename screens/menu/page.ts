import { say } from '../../src/api/words.ts';
import { type MenuEntry, menu } from '../../src/tui/menu.ts';
import type { Look, Page } from '../../src/tui/page.ts';
import type { Access } from '../access/session.ts';
import type { Context } from '../context.ts';
import { entriesOf } from '../index.ts';
import { PresentValues } from './present.ts';

/** The System Configuration menu. Leaving it ends the password session. */
export function configurationMenu(context: Context, access: Access): Page {
  const { model } = context;
  const leave = () => {
    access.end();
    context.stage.home();
  };
  const entries = entriesOf(context.role(), model);
  const present = new PresentValues(context);
  const shown: MenuEntry[] = entries.map((entry) => ({
    label: entry.label,
    help: entry.help,
    value: (look: Look, columns: number) => [
      ...(entry.value?.(model, look, columns) ?? []),
      ...present.lines(entry, look, columns),
    ],
    run: () => entry.open(context, access),
  }));
  return menu({
    title: say('System Configuration', '系统配置'),
    entries: shown,
    highlighted(chosen) {
      const entry = entries[shown.indexOf(chosen)];
      if (entry !== undefined) void present.read(entry);
    },
    keys: [
      {
        keys: ['f2'],
        label: say('Main screen', '主界面'),
        help: say('back to the main screen', '返回主界面'),
        run: leave,
      },
    ],
    leave,
  });
}
