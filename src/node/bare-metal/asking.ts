import { mustRun } from '../../system/exec.ts';
import { askingIn } from './plan/asking.ts';
import type { Asking } from './schema/pxe.ts';

const READ_MILLISECONDS = 10_000;
/** Two machines that ask all the time write as many in an hour. */
const MOST_LINES = 5_000;

/** Machines that asked on the PXE service's NIC and are not to be installed, from what the service says of them. */
export async function readAsking(unit: string): Promise<Asking[]> {
  const form = ['--quiet', '--no-pager', '--output=short-unix', '--since=-1h', `--lines=${MOST_LINES}`];
  return askingIn(await mustRun(['journalctl', ...form, `--unit=${unit}`], { timeout: READ_MILLISECONDS }));
}
