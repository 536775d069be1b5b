import type { Plan, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import type { EngineKind } from './schema.ts';

/** `id` names what is kept to go back. */
interface OfRestore extends Step {
  readonly id: string;
  readonly engine: EngineKind;
}

export interface StopForRestore extends OfRestore {
  readonly type: 'restore.stopService';
}

export interface SafetyDump extends OfRestore {
  readonly type: 'restore.safetyDump';
}

/** Puts the dump in the place of the databases that it holds. */
export interface LoadDump extends OfRestore {
  readonly type: 'restore.load';
  readonly file: string;
  readonly databases: readonly string[];
}

export interface StartAfterRestore extends OfRestore {
  readonly type: 'restore.startService';
}

export type RestoreStep = StopForRestore | SafetyDump | LoadDump | StartAfterRestore;

export const restorePlan = (
  { id, engine }: Pick<OfRestore, 'id' | 'engine'>,
  file: string,
  databases: readonly string[],
): Plan<RestoreStep> => ({
  title: say('restore the database', '恢复数据库'),
  steps: [
    {
      type: 'restore.stopService',
      id,
      engine,
      words: say('stopping the management service', '停止管理服务'),
    },
    {
      type: 'restore.safetyDump',
      id,
      engine,
      words: say('dumping the database as it is now', '备份当前数据库'),
    },
    { type: 'restore.load', id, engine, file, databases, words: say('loading the dump', '导入备份') },
    {
      type: 'restore.startService',
      id,
      engine,
      words: say('starting the management service on it', '在恢复的数据上启动管理服务'),
    },
  ],
  warnings: [
    say(
      'everything that was changed since that dump is lost; a dump of it is kept',
      '该备份之后的所有更改都将丢失；系统会保留一份当前数据的备份',
    ),
  ],
});
