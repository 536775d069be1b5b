import { reference } from '../../src/api/client.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { ResetDone, resetManagement } from '../../src/node/reset/schema.ts';
import { phrase } from '../../src/tui/phrase.ts';
import type { Line } from '../../src/tui/text.ts';
import { notIn } from '../backup/not-in.ts';
import type { Context } from '../context.ts';
import { followJob } from '../job/job.ts';
import type { Entry } from '../menu/entry.ts';
import { joined, latestChange, servicesValue } from '../menu/values.ts';
import { openNodeReset } from './node.ts';

const RESET = reference<typeof resetManagement>('reset.management');

interface Kind {
  label: Words;
  database: 'keep' | 'drop';
  phrase: string;
  /** Said before the phrase. */
  lines: readonly Words[];
  done: Words;
}

const DUMP_FIRST = say(
  'A dump of the database is taken and proved first; its path is shown. If anything fails, all is as before.',
  '首先备份并验证数据库，并显示备份路径。任何一步失败都会全部恢复。',
);
const ANEW = say(
  "The service's configuration goes back to what it needs to reach its servers; a copy of it is kept. VMs go on.",
  '服务配置恢复为连接各服务器所需的内容，并保留副本。云主机继续运行。',
);

const KEEP: Kind = {
  label: say('Reset ZStack Service', '重置 ZStack 服务'),
  database: 'keep',
  phrase: 'reset zstack',
  lines: [
    say(
      'Extremely dangerous. The management service is set up anew; the database stays.',
      '极其危险。重新设置管理服务，保留数据库。',
    ),
    ANEW,
    DUMP_FIRST,
  ],
  done: say('The service is reset; the database stayed.', '服务已重置，数据库已保留。'),
};

const DROP: Kind = {
  label: say('Reset ZStack Service & Drop Database', '重置 ZStack 服务并清空数据库'),
  database: 'drop',
  phrase: 'reset zstack drop database',
  lines: [
    say(
      'EXTREMELY DANGEROUS. Everything that the cloud knows of its hosts, VMs and networks is dropped.',
      '极其危险。云平台的所有主机、云主机与网络信息都将被清空。',
    ),
    ANEW,
    DUMP_FIRST,
    say('Nothing is dropped before that dump is proved to be whole.', '备份验证完整之前不会清空任何数据。'),
  ],
  done: say('The service is reset and its database is empty.', '服务已重置，数据库已清空。'),
};

/** On a management node the service; on other nodes: back to a clean node. */
export const resetEntry: Entry = {
  label: KEEP.label,
  help: [
    say('Extremely dangerous.', '极其危险。'),
    say(
      'Management node: sets the service up anew, the database stays. Other nodes: leaves the cluster.',
      '管理节点：重新设置服务并保留数据库。其他节点：退出集群。',
    ),
  ],
  value: joined(servicesValue, latestChange('reset.')),
  open: (context) =>
    context.role() === 'management' ? ask(context, KEEP) : openNodeReset(context, KEEP.label),
};

export const dropEntry: Entry = {
  label: DROP.label,
  roles: ['management'],
  help: [
    say('Extremely dangerous.', '极其危险。'),
    say('Sets the service up anew and empties the database.', '重新设置服务并清空数据库。'),
  ],
  value: joined(servicesValue, latestChange('reset.')),
  open: (context) => ask(context, DROP),
};

const ask = (context: Context, kind: Kind): void =>
  context.stage.open(
    phrase({
      title: kind.label,
      lines: kind.lines,
      phrase: kind.phrase,
      danger: true,
      yes: (why) => void carryOut(context, kind, why),
    }),
  );

function carryOut(
  context: Context,
  { label, database, phrase: typed, done }: Kind,
  why: string,
): Promise<void> {
  const start = () => context.controller().start(RESET, { database, phrase: typed, why });
  return followJob<ResetDone>(context, RESET, start, { title: label, told, done });
}

function told({ dump, left, proven, configuration, started, programs }: ResetDone): (Words | Line)[] {
  return [
    ...(dump === undefined
      ? [say('There was no database to dump.', '没有可备份的数据库。')]
      : [say('Dump of the database as it was:', '原数据库的备份：'), ...pathRows(dump)]),
    ...notIn(left),
    ...(proven === undefined ? [] : [provenWords(proven)]),
    ...(configuration === undefined
      ? []
      : [say('Configuration as it was:', '原配置：'), ...pathRows(configuration)]),
    programs,
    started
      ? say('The management service runs.', '管理服务运行中。')
      : say('The management service did not run and still does not.', '管理服务原未运行，现在仍未运行。'),
  ];
}

/** Folder and name: in one row a path would be cut where the screen is narrow. */
const pathRows = (path: string): Words[] => {
  const at = path.lastIndexOf('/') + 1;
  return [same(path.slice(0, at)), same(`  ${path.slice(at)}`)];
};

const provenWords = (proven: NonNullable<ResetDone['proven']>): Words =>
  'why' in proven
    ? say(`! not proven: ${proven.why.en}`, `! 未验证：${proven.why.zh}`)
    : say(
        `proven: ${proven.tables} tables, ${proven.rows} rows`,
        `已验证：${proven.tables} 张表，${proven.rows} 行`,
      );
