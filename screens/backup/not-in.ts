import { say, type Words } from '../../src/api/words.ts';

/** Views that a dump holds as comments alone: they stand on what is not there. */
export const notIn = (views: readonly string[] = []): Words[] =>
  views.length === 0
    ? []
    : [
        say(
          `! in it as a comment alone, since it stands on what is not there: view ${views.join(', ')}`,
          `! 视图 ${views.join('、')} 引用的内容不存在，仅以注释形式保存`,
        ),
      ];
