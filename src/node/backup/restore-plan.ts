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

/** Makes the dump stand whole beside what is live. */
export interface StageDump extends OfRestore {
  readonly type: 'restore.stage';
  readonly file: string;
  /** The file as it is now: bytes, and the wall time of its last change in milliseconds since 1970. */
  readonly size: number;
  readonly changed: number;
}

/** Swaps what stands beside for what is live. */
export interface SwapIn extends OfRestore {
  readonly type: 'restore.swap';
}

export interface StartAfterRestore extends OfRestore {
  readonly type: 'restore.startService';
}

export type RestoreStep = StageDump | StopForRestore | SafetyDump | SwapIn | StartAfterRestore;

export const restorePlan = (
  { id, engine }: Pick<OfRestore, 'id' | 'engine'>,
  dump: Pick<StageDump, 'file' | 'size' | 'changed'>,
): Plan<RestoreStep> => ({
  title: say('restore the database', '恢复数据库'),
  steps: [
    {
      type: 'restore.stage',
      ...{ id, engine, ...dump },
      words: say('loading the dump beside the live database', '在现有数据库旁导入备份'),
    },
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
    {
      type: 'restore.swap',
      id,
      engine,
      words: say('swapping the two', '切换到导入的数据'),
    },
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
