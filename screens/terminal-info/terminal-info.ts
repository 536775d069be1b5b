import { say } from '../../src/api/words.ts';
import { message } from '../../src/tui/message.ts';
import type { Entry } from '../menu/entry.ts';

/** Says where the shell is, how to come back, and what a shell can break. */
export const terminalInfoEntry: Entry = {
  label: say('Terminal Info', '终端信息'),
  help: [
    say('How to reach a shell on this node, and the way back.', '如何进入本节点的命令行，以及如何返回。'),
  ],
  open: ({ stage }) =>
    stage.open(
      message({
        title: say('Terminal Info', '终端信息'),
        lines: [
          say(
            'Ctrl+Alt+F2   reserved shell: a log-in prompt (F11 goes to the same place)',
            'Ctrl+Alt+F2   保留的命令行：登录提示符',
          ),
          say('Ctrl+Alt+F3   zstack-cli, after a log-in prompt', 'Ctrl+Alt+F3   登录后进入 zstack-cli'),
          say('Ctrl+Alt+F1   back to this console, from anywhere', 'Ctrl+Alt+F1   从任何位置返回本控制台'),
          say(
            'On a serial line or over SSH there is one terminal: log in there, zs-console opens this console.',
            '串口或 SSH 只有一个终端：在其中登录，运行 zs-console 打开本控制台。',
          ),
          say(
            'A shell can break the node: what is changed there is not checked and does not take itself back.',
            '命令行可能损坏节点：在其中所做的修改不会被检查，也不会自动撤回。',
          ),
        ],
      }),
    ),
};
