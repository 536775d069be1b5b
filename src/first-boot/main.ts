import { setTimeout as sleep } from 'node:timers/promises';
import { calledWith } from '../api/called.ts';
import { exitCode, Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import type { Obstacle } from '../node/first-boot/schema.ts';
import { logToStderr } from '../system/log.ts';
import { ServiceManager } from '../system/notify.ts';
import { setUp } from './set-up.ts';
import { openTeller, type Teller } from './teller.ts';

const LOG = '/tmp/zstack_installation.log';

const USAGE = `zs-first-boot [--terminal PATH]
        sets this node up for its role: database, message broker, virtualization and services, with generated
        passwords. What is done already is left as it is: it can be run again at any time. It is told in
        ${LOG} too

--terminal PATH tells it on this terminal, until that is the console's
--help          this text
--version       the version`;

/** Long enough to read the last line before the console paints over it. */
const READING_MILLISECONDS = 5_000;

const AGAIN = 'Then run it again, as root: zs-first-boot (a reboot does the same)';

async function main(): Promise<number> {
  const { terminal } = calledWith('zs-first-boot', USAGE, { terminal: { type: 'string' } });
  if (process.getuid?.() !== 0)
    throw new Fault('refused', say('only root can set the node up', '只有 root 可以部署节点'));
  const manager = new ServiceManager(process.env, logToStderr);
  const handOver = () => manager.ready(() => true);
  const teller = openTeller(terminal, LOG);
  const offer = ({ next }: Obstacle) => {
    teller.say(`What to do: ${next.en}, on the console. It goes on by itself.`);
    if (terminal === undefined) return;
    teller.leaveTerminal();
    handOver();
  };
  try {
    await setUp(teller, offer);
    if (terminal !== undefined) await sleep(READING_MILLISECONDS);
    handOver();
    return 0;
  } catch (thrown) {
    return failed(teller, Fault.from(thrown));
  }
}

function failed(teller: Teller, { kind, words, next }: Fault): number {
  teller.say(`Not set up: ${words.en}`);
  if (next !== undefined) teller.say(`What to do: ${next.en}`);
  teller.say(AGAIN);
  return exitCode(kind);
}

main().then(
  (code) => process.exit(code),
  (thrown) => {
    const fault = Fault.from(thrown);
    process.stderr.write(`zs-first-boot: ${fault.words.en}\n`);
    process.exit(exitCode(fault.kind));
  },
);
