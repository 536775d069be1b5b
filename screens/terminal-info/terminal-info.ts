import { say, type Words } from '../../src/api/words.ts';
import { message } from '../../src/tui/message.ts';
import { wrap } from '../../src/tui/text.ts';
import type { Entry } from '../menu/entry.ts';

/** What this console is shown on. */
const thisTerminal = (): Words => {
  const { columns = 0, rows = 0 } = process.stdout;
  const kind = process.env.TERM ?? '-';
  return say(`this terminal: ${kind}, ${columns}x${rows}`, `当前终端：${kind}，${columns}x${rows}`);
};

/** What tty3 is, by the kind of node. */
const THIRD = {
  management: say(
    'Ctrl+Alt+F3   zstack-cli: asks for an account of the cloud',
    'Ctrl+Alt+F3   zstack-cli：需以云平台账户登录',
  ),
  other: say('Ctrl+Alt+F3   a further log-in prompt', 'Ctrl+Alt+F3   另一个登录提示符'),
};

/** Says where the shell is, how to come back, and what a shell can break. */
export const terminalInfoEntry: Entry = {
  label: say('Terminal Info', '终端信息'),
  help: [
    say('How to reach a shell on this node, and the way back.', '如何进入本节点的命令行，以及如何返回。'),
  ],
  value: (_model, look, columns) => wrap(look.say(thisTerminal()), columns),
  open: ({ stage, role }) =>
    stage.open(
      message({
        title: say('Terminal Info', '终端信息'),
        lines: [
          say('Ctrl+Alt+F2   reserved shell: a log-in prompt', 'Ctrl+Alt+F2   保留的命令行：登录提示符'),
          THIRD[role() === 'management' ? 'management' : 'other'],
          say('Ctrl+Alt+F1   back to this console, from anywhere', 'Ctrl+Alt+F1   从任何位置返回本控制台'),
          say(
            'F11 on the main screen does the same. On a serial line it asks for the log-in there; log out, and this console is back.',
            '在主界面按 F11 效果相同。串口上会在本线路出现登录提示，注销后返回本控制台。',
          ),
          say(
            'Over SSH: q leaves the console, zs-console opens it again.',
            '通过 SSH：按 q 退出控制台，运行 zs-console 再次打开。',
          ),
          say(
            'A shell can break the node: what is changed there is not checked and does not take itself back.',
            '命令行可能损坏节点：在其中所做的修改不会被检查，也不会自动撤回。',
          ),
        ],
      }),
    ),
};
