import { Fault } from '../api/fault.ts';
import type { AuditVerdict } from '../api/jobs.ts';
import { printable, printableJson } from '../api/printable.ts';
import { same } from '../api/words.ts';
import { importOld } from '../node/network/old/import.ts';
import { OLD_PLACES } from '../node/network/old/places.ts';
import { terminalLine } from '../system/terminal-line.ts';
import { Controller } from './controller.ts';
import type { ControllerOptions } from './options.ts';

/**
 * Carries out one action without a controller that serves: the same registry, journal and audit, recovery first.
 * Prints what it streams and at last its output or its fault, a line of JSON each.
 */
export async function once(options: ControllerOptions, action: string, input: unknown): Promise<void> {
  const controller = new Controller(options);
  await controller.recover();
  await controller.start();
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  process.once('SIGTERM', () => abort.abort());
  const caller = {
    uid: process.getuid?.() ?? 0,
    pid: process.pid,
    line: terminalLine(process.pid),
    program: 'script',
  };
  try {
    const output = await controller.dispatcher.call(caller, action, input, {
      signal: abort.signal,
      item: (item) => print({ item }),
      progress: ({ words }) => options.log(words.en),
    });
    const whole = await controller.jobs.ended(output, abort.signal, (item) => print({ item }));
    print({ output: whole ?? null });
  } catch (thrown) {
    print({ fault: Fault.from(thrown).toRecord() });
    throw thrown;
  } finally {
    await controller.stop();
  }
}

/** Settles what an earlier run left, and takes over the network of an older generation; false when something could be neither finished nor undone. */
export async function recover(options: ControllerOptions): Promise<boolean> {
  const controller = new Controller(options);
  await controller.recover();
  // A development run has nothing to do with the machine's own files.
  if (options.places.dataDir === undefined) await importNetwork(options);
  await controller.audit.close('controller.recovered');
  return controller.journal.findings.every(({ outcome }) => outcome !== 'stuck');
}

/** What cannot be imported is told; the node goes on with what it has. */
async function importNetwork({ log }: ControllerOptions): Promise<void> {
  try {
    for (const words of await importOld(OLD_PLACES)) log(words.en);
  } catch (thrown) {
    log(`old network configuration: ${Fault.from(thrown).words.en}`);
  }
}

/** What the check of the audit chain found, for a person; whether it is whole. */
export function printVerdict({ records, problems }: AuditVerdict): boolean {
  for (const { record, text } of problems) process.stdout.write(`at record ${record}: ${printable(text)}\n`);
  const result = problems.length === 0 ? 'the chain is whole' : `problems: ${problems.length}`;
  process.stdout.write(`records: ${records}, ${result}\n`);
  return problems.length === 0;
}

/** The input of `--once ... --json`. */
export async function readInput(): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (error) {
    throw new Fault('usage', same('the input on stdin is not JSON'), { cause: error });
  }
}

function print(value: object): void {
  process.stdout.write(`${printableJson(value)}\n`);
}
