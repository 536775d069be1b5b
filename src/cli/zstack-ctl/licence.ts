import { resolve } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { installLicence } from '../../node/licence/schema.ts';
import { type CtlCommand, said, text } from './command.ts';

export const INSTALL_LICENCE: CtlCommand = {
  name: 'install_license',
  summary: 'check a licence file and put it in force',
  options: [['-f, --license <FILE>', 'the licence file']],
  names: { file: '--license' },
  run: async (node, given) => {
    const file = text(given, 'license');
    if (file === undefined) throw new Fault('usage', same('-f FILE is needed'));
    const answer = await node.call<typeof installLicence>('licence.install', {
      file: resolve(file),
    });
    const { licence, requestCode } = answer;
    if (licence.state === 'unknown') return said(answer, licence.why.en);
    const { type, expires } = licence.value;
    const end =
      expires === undefined ? 'without an end' : `to ${new Date(expires).toISOString().slice(0, 10)}`;
    const code = requestCode.state === 'unknown' ? '' : ` for ${requestCode.value}`;
    return said(answer, `in force: ${type}${code}, ${end}`);
  },
};
