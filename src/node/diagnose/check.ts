import type { HalfDone } from '../../api/jobs.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import type { Attention } from '../facts/schema.ts';
import type { Layout } from '../zstack/layout.ts';
import type { Finding } from './schema.ts';

export interface CheckParts {
  role: Role;
  layout: Layout;
  /** Folder of node.ini. */
  config: string;
  /** Changes that could be neither finished nor undone. */
  halfDone(): readonly HalfDone[];
  /** How the network differs from the one that was kept last. */
  kept(): readonly Attention[];
  /** Folder of the controller's data. */
  data: string;
}

/** What a check saw; a thrown fault means that it could not look. */
export type Seen = Pick<Finding, 'state' | 'evidence' | 'remedy'>;

/** One check; `undefined` when it does not concern this node. */
export interface Check {
  key: string;
  title: Words;
  roles?: readonly Role[];
  look(parts: CheckParts): Promise<Seen | undefined>;
}

export const good = (en: string, zh: string): Seen => ({ state: 'good', evidence: say(en, zh) });

export const bad = (evidence: Words, remedy: Words): Seen => ({ state: 'bad', evidence, remedy });

export const joined = (parts: readonly Words[]): Words =>
  say(parts.map(({ en }) => en).join('; '), parts.map(({ zh }) => zh).join('；'));
