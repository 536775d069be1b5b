import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { readLine } from '../../node/vm-screen/schema.ts';
import { attach } from '../attach.ts';
import { tell } from '../print.ts';
import { type CtlCommand, said } from './command.ts';

export const VM_CONSOLE: CtlCommand = {
  name: 'vm_console',
  summary: 'the text console (serial line) of a VM on this node; Ctrl+] leaves it',
  words: 'NAME|UUID',
  options: [],
  names: { vm: 'NAME|UUID' },
  run: async (node, given, words) => {
    const [vm] = words;
    if (vm === undefined || words.length > 1)
      throw new Fault('usage', same('one VM is needed: NAME or UUID'));
    const line = await node.call<typeof readLine>('vm.line', { vm });
    if (given.json === true) return said(line);
    tell(`${line.name}: Ctrl+] leaves; where nothing shows, press Enter`);
    const how = await attach(line.path);
    return said(line, '', how === 'left' ? `left ${line.name}, which goes on` : `${line.name} has ended`);
  },
};
