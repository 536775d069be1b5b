import { writeFileSync } from 'node:fs';
import { TAGS } from '../../../management/define/api.ts';
import type { Field } from '../../../management/define/fields.ts';
import { print } from '../../print.ts';
import { apiNamed } from '../called.ts';
import { Wrong } from '../wrong.ts';
import { page } from './page.ts';

/** What the shell knows besides the APIs. */
export interface Shown {
  /** Lines of this and earlier runs, the latest first. */
  readonly history: readonly string[];
  /** The last answer, as it was printed. */
  readonly last: string | undefined;
}

type Builtin = (shown: Shown, words: readonly string[]) => Promise<void> | void;

const HELP = `NAME PARAMETER=VALUE ...   call an API; Tab completes names, parameters and values
help NAME                  parameters of an API
history [N]                the latest lines, passwords left out
more                       the last answer, a page at a time
save FILE                  the last answer into a new file
exit, quit, Ctrl+D         leave; the log-in holds for the next time`;

const lastOf = ({ last }: Shown): string => {
  if (last === undefined) throw new Wrong('there was no answer yet');
  return last;
};

function oneParameter([name, field]: [string, Field]): string {
  const { type, optional, values, resource, default: usual } = field;
  const kind = values === undefined ? type : values.join(' | ');
  const more = [
    resource === undefined ? '' : `of a ${resource.replace(/VO$/, '')}`,
    optional ? '' : 'needed',
    usual === undefined ? '' : `otherwise ${usual}`,
  ];
  return `  ${name}=  ${[kind, ...more].filter(Boolean).join(', ')}`;
}

function helpOn(name: string): string {
  const { served, sync } = apiNamed(name);
  if (served === undefined) return `${name} is known, not in this version`;
  const fields = { ...served.params, ...(served.kind === 'create' ? TAGS : {}) };
  const shown = Object.entries(fields).filter(([, { hidden }]) => !hidden);
  const asked = served.kind === 'query' ? ['  FIELD=VALUE  a condition, also with != > < >= <= ?= ~='] : [];
  return [
    `${name}${sync ? '' : '  (a job, which is waited for)'}`,
    ...asked,
    ...shown.map(oneParameter),
  ].join('\n');
}

export const BUILT_IN: Readonly<Record<string, Builtin>> = {
  help: (_, [name]) => print(name === undefined ? HELP : helpOn(name)),
  history: ({ history }, [count = '50']) => print(history.slice(0, Number(count)).reverse().join('\n')),
  more: (shown) => page(lastOf(shown)),
  save: (shown, [path]) => {
    if (path === undefined) throw new Wrong('save FILE');
    try {
      writeFileSync(path, `${lastOf(shown)}\n`, { flag: 'wx', mode: 0o600 });
    } catch (thrown) {
      if (thrown instanceof Wrong) throw thrown;
      throw new Wrong(`${path}: ${(thrown as NodeJS.ErrnoException).code}`);
    }
  },
};
