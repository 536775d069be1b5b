import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import { RESET_PHRASES, type ResetDone, type resetManagement } from '../../node/reset/schema.ts';
import { type CtlCommand, said, text } from './command.ts';

export const RESET_MANAGEMENT: CtlCommand = {
  name: 'reset_management',
  summary: 'set the management service up anew, after a proved dump; on request with an empty database',
  options: [
    ['--drop-database', 'everything that the cloud knows of its hosts, VMs and networks is dropped'],
    ['--phrase <WORDS>', `what confirms it: "${RESET_PHRASES.keep}", or "${RESET_PHRASES.drop}"`],
    ['--why <TEXT>', 'a reason, for the audit'],
  ],
  names: { phrase: '--phrase', why: '--why' },
  run: async (node, given) => {
    const phrase = text(given, 'phrase');
    if (phrase === undefined) throw new Fault('usage', same('--phrase is needed'));
    const database = given.dropDatabase === true ? 'drop' : 'keep';
    const input = { database, phrase, why: text(given, 'why') } as const;
    const answer = await node.long<typeof resetManagement>('reset.management', input);
    return said(answer, ...linesOf(answer, database));
  },
};

function linesOf(done: ResetDone, database: 'drop' | 'keep'): string[] {
  const { dump, proven, configuration, started } = done;
  return [
    ...(dump === undefined ? [] : [`dump: ${dump}`]),
    ...(proven !== undefined && 'why' in proven ? [proven.why.en] : []),
    ...(configuration === undefined ? [] : [`configuration of before: ${configuration}`]),
    database === 'drop' ? 'the database is empty' : 'the database stayed',
    started ? 'the management service is started' : 'the management service is not started',
  ];
}
