import type { Consoles } from '../../../src/management/resource/console/run.ts';

/** For services whose consoles nobody asks for. */
export const NO_CONSOLES: Consoles = {
  uuid: '0'.repeat(32),
  grant: () => {
    throw new Error('nobody was to ask for a console');
  },
  reconnect: async () => {
    throw new Error('nobody was to ask for consoles');
  },
};
