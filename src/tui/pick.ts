import { say, type Words } from '../api/words.ts';
import { list } from './list.ts';
import type { Binding, Page } from './page.ts';
import { span } from './text.ts';

/** What a field can be filled with instead of typing. */
export interface Pick {
  readonly rows: readonly PickRow[];
  /** Several of them, parted by blanks in the field. */
  readonly many?: boolean;
}

interface PickRow {
  readonly value: string;
  /** What tells it from the others, beside the value. */
  readonly about?: Words;
}

const CHOOSE = say('Choose', '选择');
const MARK = say('Mark', '标记');
const MARK_HELP = say('mark it, or take the mark away', '标记或取消标记');
const ERASE = say('take back the last letter of the search', '删除搜索的最后一个字符');
const NONE = say('Nothing has these letters.', '没有匹配项。');
const TYPE = say('Type letters to search.', '键入字符即可搜索。');

const searched = ({ value, about }: PickRow): string => [value, about?.en, about?.zh].join(' ').toLowerCase();

/** A list of values, narrowed by typing; with `many` space marks them. @param chosen gets the field's new text */
export function pickPage(
  title: Words,
  { rows, many = false }: Pick,
  now: string,
  close: () => void,
  chosen: (text: string) => void,
): Page {
  const marked = new Set(many ? now.split(/[\s,]+/).filter(Boolean) : []);
  let search = '';
  const shown = () => rows.filter((row) => searched(row).includes(search.toLowerCase()));
  const width = Math.max(...rows.map(({ value }) => value.length));
  const mark = (value: string) => (many ? (marked.has(value) ? '[x] ' : '[ ] ') : '');
  const toggle = (value: string) => marked.delete(value) || marked.add(value);
  const page = list<PickRow>({
    title,
    notes: (look) => [[span(search === '' ? look.say(TYPE) : `/${search}`, search === '' ? 'dim' : 'title')]],
    rows: shown,
    row: ({ value, about }, look) => [
      span(`${mark(value)}${about === undefined ? value : `${value.padEnd(width)}  ${look.say(about)}`}`),
    ],
    same: (a, b) => a.value === b.value,
    open: ({ value }) => {
      // What was typed and is in no list stays.
      if (many && marked.size === 0) marked.add(value);
      close();
      chosen(many ? [...marked].join(' ') : value);
    },
    openLabel: CHOOSE,
    keys: (selected): Binding[] => [
      ...(many
        ? [
            {
              keys: ['space'],
              label: MARK,
              help: MARK_HELP,
              run: () => {
                const row = selected();
                if (row !== undefined) toggle(row.value);
              },
            },
          ]
        : []),
      {
        keys: ['backspace'],
        help: ERASE,
        run: () => {
          search = search.slice(0, -1);
        },
      },
    ],
    empty: NONE,
  });
  const bindings = page.bindings.bind(page);
  // Letters search: none of them moves.
  page.bindings = () =>
    bindings().map((binding) => ({ ...binding, keys: binding.keys.filter((key) => key.length > 1) }));
  page.typed = (text) => {
    search += text.trim();
    return true;
  };
  return page;
}
