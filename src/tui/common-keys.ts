import { say, type Words } from '../api/words.ts';
import type { Binding } from './page.ts';

export interface CommonKeys {
  /** Every letter can be shown, so that there is a choice of languages. */
  full: boolean;
  englishOnly: Words;
  language(): void;
  picture(): void;
  repaint(): void;
  help(): void;
}

/** The keys that every page has. */
export const commonBindings = ({ full, englishOnly, ...does }: CommonKeys): Binding[] => [
  {
    keys: ['f5'],
    ...(full && { label: say('Language', '语言') }),
    help: say('switch between English and Chinese', '切换中英文'),
    disabled: () => (full ? undefined : englishOnly),
    run: () => does.language(),
  },
  {
    keys: ['f6', 'C-p'],
    help: say('plain picture (ASCII, no colours) and back', '纯文本画面（ASCII、无颜色）与恢复'),
    run: () => does.picture(),
  },
  {
    keys: ['C-l'],
    help: say('draw the screen again', '重绘屏幕'),
    run: () => does.repaint(),
  },
  {
    keys: ['?', 'f1'],
    label: say('Help', '帮助'),
    help: say('this list of keys', '显示按键列表'),
    run: () => does.help(),
  },
];
