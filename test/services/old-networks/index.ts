import { ADDRESSES } from './addresses.ts';
import type { OldCase } from './case.ts';
import { IDENTITY } from './identity.ts';
import { KINDS } from './kinds.ts';
import { LEFT } from './left.ts';
import { MACHINE } from './machine.ts';
import { ROUTES } from './routes.ts';
import { TOOLS } from './tools.ts';

/** By what they are. */
export const CASES: ReadonlyMap<string, OldCase> = new Map(
  [TOOLS, ADDRESSES, ROUTES, MACHINE, KINDS, IDENTITY, LEFT].flatMap((cases) => Object.entries(cases)),
);
