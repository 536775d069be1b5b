import type { Generated } from 'kysely';

/** Tables of the store that are not made of definitions, the same on both engines. */
export type Tables = {
  setting: {
    id: Generated<number>;
    name: string;
    value: string;
  };
};
