import { say } from '../../src/api/words.ts';
import { menu } from '../../src/tui/menu.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Access } from '../access/session.ts';
import type { Context } from '../context.ts';
import { entriesOf } from '../index.ts';

/** The System Configuration menu. Leaving it ends the password session. */
export function configurationMenu(context: Context, access: Access): Page {
  const { model } = context;
  const leave = () => {
    access.end();
    context.stage.home();
  };
  return menu({
    title: say('System Configuration', '系统配置'),
    entries: entriesOf(context.role(), model).map((entry) => ({
      label: entry.label,
      help: entry.help,
      value: (look, columns) => entry.value?.(model, look, columns) ?? [],
      run: () => entry.open(context, access),
    })),
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
