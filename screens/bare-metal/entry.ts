import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say } from '../../src/api/words.ts';
import type { readPxe } from '../../src/node/bare-metal/schema/pxe.ts';
import { faultMessage } from '../../src/tui/message.ts';
import type { Entry } from '../menu/entry.ts';
import { LABEL } from './label.ts';
import { openMachines } from './machines.ts';
import { pxeWords } from './words.ts';

const PXE = reference<typeof readPxe>('bareMetal.pxe');

/** Machines that this node switches by their BMCs and installs over the network. */
export const bareMetalEntry: Entry = {
  label: LABEL,
  roles: ['management'],
  help: [
    say(
      'Installs other machines over the network, and switches them by their BMCs (IPMI, Redfish).',
      '通过网络安装其他机器，并通过其 BMC（IPMI、Redfish）控制电源。',
    ),
  ],
  read: async (context) => pxeWords(await context.controller().call(PXE, {})),
  open: async (context) => {
    try {
      await openMachines(context);
    } catch (thrown) {
      context.stage.open(faultMessage(Fault.from(thrown), LABEL));
    }
  },
};
