import type { Generated } from 'kysely';

/** Tables of the store, the same on both engines. Wall times in milliseconds since 1970. */
export interface Tables {
  management_node: {
    uuid: string;
    address: string;
    version: string;
    started: number;
    heartbeat: number;
  };
  setting: {
    id: Generated<number>;
    name: string;
    value: string;
  };
}
