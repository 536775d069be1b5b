import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { asksForMore } from './redirect.ts';

/** What the client prints last when the server refuses a statement: number and words, the line of the dump before. */
const SERVER = /ERROR (\d+) \(\w+\)(?: at line (\d+))?: (.*)/s;

interface Refusal {
  numbers: number[];
  /** Where the number alone does not tell it. */
  text?: RegExp;
  words: Words;
  next: Words;
}

/** What dumps of other servers and other settings are refused for, with the way out. The first that fits is said. */
const REFUSALS: Refusal[] = [
  {
    numbers: [1193, 1227],
    text: /GTID|BINLOG ADMIN/,
    words: say(
      'the dump carries the transaction ids of its MySQL server',
      '备份包含原 MySQL 服务器的事务标识（GTID）',
    ),
    next: say('dump again with --set-gtid-purged=OFF', '请使用 --set-gtid-purged=OFF 重新导出'),
  },
  {
    numbers: [1273, 1115],
    words: say('the dump is of a server whose collations this one lacks', '备份来自使用不同排序规则的服务器'),
    next: say(
      'replace them in the file, as in: sed s/utf8mb4_0900_ai_ci/utf8mb4_unicode_ci/g',
      '请在文件中替换，例如：sed s/utf8mb4_0900_ai_ci/utf8mb4_unicode_ci/g',
    ),
  },
  {
    numbers: [1286, 1477, 1911],
    words: say(
      'the dump needs a storage engine or plugin that this server lacks',
      '备份需要本服务器没有的存储引擎或插件',
    ),
    next: say('load that plugin into the server first', '请先在服务器中加载该插件'),
  },
  {
    numbers: [1118],
    words: say('this server makes no rows as long as those of the dump', '本服务器不允许备份中如此长的行'),
    next: say(
      'set innodb_strict_mode = OFF, as where it was made',
      '请设置 innodb_strict_mode = OFF，与原服务器一致',
    ),
  },
  {
    numbers: [1173],
    words: say('this server makes no table without a primary key', '本服务器不允许没有主键的表'),
    next: say('set innodb_force_primary_key = OFF first', '请先设置 innodb_force_primary_key = OFF'),
  },
  {
    numbers: [1290],
    words: say('MySQL is read-only', 'MySQL 处于只读状态'),
    next: say('set read_only = OFF first', '请先设置 read_only = OFF'),
  },
  {
    numbers: [1021, 1030, 1114],
    words: say('the disk of the database is full', '数据库所在磁盘已满'),
    next: say('free space there', '请在该处清理空间'),
  },
  {
    numbers: [1064],
    words: say('the dump has statements that this server does not know', '备份中有本服务器不支持的语句'),
    next: say('dump with the mariadb-dump of this version', '请使用本版本的 mariadb-dump 导出'),
  },
  {
    numbers: [1153, 2006, 2013],
    words: say('the server gave up on a statement', '服务器放弃了某条语句'),
    next: say('look at its log', '请查看服务器日志'),
  },
];

const RIGHTS = [1044, 1045, 1142, 1143, 1227, 1370, 1410, 1419];

/** Throws why a dump is not taken, in words that name the way out and the place in the dump. */
export function refuse(thrown: unknown): never {
  const fault = Fault.from(thrown);
  const [, number = '', line = '?', said = ''] = SERVER.exec(fault.words.en) ?? [];
  // It is loaded under another name, which is nothing to the reader.
  const text = said.replaceAll(/zs_new_[0-9a-f]{12}_/g, '');
  const refusal = REFUSALS.find(
    ({ numbers, text: pattern }) => numbers.includes(Number(number)) && (pattern?.test(text) ?? true),
  );
  if (refusal === undefined && !RIGHTS.includes(Number(number))) throw thrown;
  if (refusal === undefined) throw asksForMore(`line ${line}: ${text}`);
  const { words, next } = refusal;
  throw new Fault(
    'conflict',
    say(`${words.en} (line ${line}: ${text})`, `${words.zh}（第 ${line} 行：${text}）`),
    { field: 'file', next, cause: thrown },
  );
}
