import { say } from '../api/words.ts';
import { type Edit, moveCursor, remove } from './edit.ts';
import type { Binding } from './page.ts';

const LEFT = say('one character left', '光标左移');
const RIGHT = say('one character right', '光标右移');
const START = say('to the start of the field', '到字段开头');
const END = say('to the end of the field', '到字段末尾');
const BEFORE = say('delete the character before', '删除前一个字符');
const AT = say('delete the character at the cursor', '删除光标处的字符');
const ALL = say('empty the field', '清空字段');

/** The keys that edit a line. @param change applies an editing to the line that has the cursor */
export const editBindings = (change: (edit: (line: Edit) => Edit) => void): Binding[] => [
  { keys: ['left', 'C-b'], help: LEFT, run: () => change((line) => moveCursor(line, 'left')) },
  { keys: ['right', 'C-f'], help: RIGHT, run: () => change((line) => moveCursor(line, 'right')) },
  { keys: ['home', 'C-a'], help: START, run: () => change((line) => moveCursor(line, 'home')) },
  { keys: ['end', 'C-e'], help: END, run: () => change((line) => moveCursor(line, 'end')) },
  { keys: ['backspace'], help: BEFORE, run: () => change((line) => remove(line, -1)) },
  { keys: ['delete', 'C-d'], help: AT, run: () => change((line) => remove(line, 0)) },
  { keys: ['C-u'], help: ALL, run: () => change(() => ({ chars: [], at: 0 })) },
];
