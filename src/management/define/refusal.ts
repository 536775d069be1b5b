import { Fault, type FaultDetails, type FaultKind } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';

/** Codes of the wire with the sentence that goes with each. */
export const CODES = {
  'SYS.1000': 'an internal error happened',
  'SYS.1001': 'no answer in time',
  'SYS.1003': 'the resource does not exist',
  'SYS.1006': 'the operation failed',
  'SYS.1007': 'a field has a wrong value, or one is missing',
  'SYS.1010': 'the management node is not ready',
  'ID.1000': 'the log-in was refused',
  'ID.1001': 'the session is not valid',
  'ID.1002': 'not allowed',
  'PORTAL.1000': 'no service takes this message',
  'HOST.1000': 'the host cannot be added',
  'HOST.1001': 'the host cannot go into maintenance',
  'HOST.1005': 'the host could not start the VM',
  'HOST.1006': 'the host could not stop the VM',
  'HOST.1007': 'the host could not reboot the VM',
  'HOST.1008': 'the host could not destroy the VM',
  'VM.1012': 'the VM could not be paused',
  'VM.1013': 'the VM could not be resumed',
  'HOST_ALLOCATION.1000': 'no host can take it',
  'L3.1000': 'no address can be given',
  'TAG.1000': 'the tag exists already',
  'BAREMETAL.1010': 'the chassis is not known',
  'BAREMETAL.1200': 'the host configuration is not known',
  'BAREMETAL.1300': 'the PXE server did not start',
  'BAREMETAL.1301': 'the machine could not be powered on',
  'BAREMETAL.1302': 'the machine could not be powered off',
  'BAREMETAL.1303': 'the machine could not be reset',
  'BAREMETAL.1304': 'the machine could not be installed',
  'BAREMETAL.1400': 'there is no PXE server',
  'BAREMETAL.1401': 'the PXE server is stopped',
  'BAREMETAL.1402': 'there is a PXE server already',
} as const;

export type Code = keyof typeof CODES;

const BY_KIND: Record<FaultKind, Code> = {
  usage: 'SYS.1007',
  notFound: 'SYS.1003',
  conflict: 'SYS.1006',
  refused: 'ID.1002',
  unavailable: 'SYS.1010',
  timeout: 'SYS.1001',
  failed: 'SYS.1006',
  internal: 'SYS.1000',
};

/** A fault with a code of its own on the wire. */
export class Refusal extends Fault {
  readonly code: Code;

  constructor(code: Code, kind: FaultKind, words: Words, details: FaultDetails = {}) {
    super(kind, words, details);
    this.code = code;
  }
}

export const codeOf = (fault: Fault): Code => (fault instanceof Refusal ? fault.code : BY_KIND[fault.kind]);

/** A field whose value does not do. */
export const badField = (field: string, words: Words): Fault =>
  new Fault('usage', say(`field ${field}: ${words.en}`, `字段 ${field}：${words.zh}`), { field });

export const notThere = (vo: string, uuid: string): Fault =>
  new Fault('notFound', say(`no ${vo} has the uuid ${uuid}`, `没有 uuid 为 ${uuid} 的 ${vo}`));

/** Clients look for "Session expired" in it, and forget their session then. */
export const sessionExpired = (): Fault =>
  new Refusal('ID.1001', 'refused', say('Session expired: log in again', 'Session expired：请重新登录'));

/** A message that existing clients know and this version does not serve. */
export const notYet = (name: string): Refusal =>
  new Refusal(
    'PORTAL.1000',
    'unavailable',
    say(`${name} is known, not in this version`, `已知 ${name}，本版本不提供`),
  );
