import { z } from 'zod';
import { absolutePath } from '../../api/absolute-path.ts';
import { defineAction } from '../../api/action.ts';

/** A setting in force. Secrets read `***`. */
export interface Setting {
  key: string;
  value: string;
  source: string;
}

export const showConfiguration = defineAction<Setting[]>()({
  name: 'management.showConfiguration',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

const key = z.string().regex(/^[A-Za-z][\w.-]{0,199}$/, 'is no name of a setting');
const value = z
  .string()
  .max(4096)
  .regex(/^\P{Cc}*$/u, 'has control characters');

/** Writes settings into zstack.properties; those of passwords have commands of their own. In force after a restart. */
export const configureManagement = defineAction<void>()({
  name: 'management.configure',
  input: z
    .object({ settings: z.record(key, value) })
    .refine(({ settings }) => Object.keys(settings).length > 0, {
      path: ['settings'],
      message: 'names no setting',
    })
    .refine(({ settings }) => !Object.keys(settings).some((name) => /passw|secret|token/i.test(name)), {
      path: ['settings'],
      message: 'passwords are changed by change_mysql_password and in the console',
    }),
  access: ['password'],
  lane: 'services',
});

/** Copies zstack.properties into a folder, readable by root alone. Answers the copy's path. */
export const saveConfiguration = defineAction<{ path: string }>()({
  name: 'management.saveConfiguration',
  input: z.object({ folder: absolutePath.optional() }),
  access: ['password'],
  lane: 'none',
});

export const restoreConfiguration = defineAction<void>()({
  name: 'management.restoreConfiguration',
  input: z.object({ folder: absolutePath.optional() }),
  access: ['password'],
  lane: 'services',
});
