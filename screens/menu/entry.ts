import type { Role } from '../../src/api/role.ts';
import type { Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import type { Line } from '../../src/tui/text.ts';
import type { Access } from '../access/session.ts';
import type { Context } from '../context.ts';
import type { NodeModel } from '../main/model.ts';

/** One entry of the configuration menu. */
export interface Entry {
  readonly label: Words;
  readonly help: readonly Words[];
  /** Roles that have it; all when absent. */
  readonly roles?: readonly Role[];
  /** What is set or found now, shown under the help. */
  value?(model: NodeModel, look: Look, columns: number): Line[];
  /** What the controller must be asked for, shown there as well; asked whenever the entry is highlighted. */
  read?(context: Context): Promise<readonly Words[]>;
  /** Shown only then. */
  when?(model: NodeModel): boolean;
  /** Keys wait until its page is there, or the promise has settled. */
  open(context: Context, access: Access): void | Promise<void>;
}
