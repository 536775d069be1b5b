import { Fault } from '../../../api/fault.ts';
import { run } from '../../../system/exec.ts';

const UNIT = 'zs-network-take-back';
const TIMEOUT = 10_000;
/** Those of the unit that recovers at the start of the machine. */
export const PROTECTIONS = [
  ...['NoNewPrivileges=yes', 'LockPersonality=yes', 'RestrictRealtime=yes', 'SystemCallArchitectures=native'],
  ...['LimitCORE=0', 'OOMScoreAdjust=-900', 'UMask=0077'],
];

/**
 * For a change that no serving controller watches over: should this process die, systemd starts the recovery, which
 * takes the change back. Where systemd does not run, NetworkManager's own checkpoint is what is left.
 */
export async function arm(seconds: number): Promise<void> {
  const when = [`--unit=${UNIT}`, `--on-active=${seconds}`];
  const protections = PROTECTIONS.map((setting) => `--property=${setting}`);
  await tell(['systemd-run', '--quiet', '--collect', ...when, ...protections, 'zs-controller', '--recover']);
}

export const disarm = (): Promise<void> => tell(['systemctl', 'stop', `${UNIT}.timer`]);

/** An exit code tells of a timer that is not there, or of a system that was not booted by systemd. */
async function tell(argv: string[]): Promise<void> {
  try {
    await run(argv, { timeout: TIMEOUT });
  } catch (thrown) {
    const { kind } = Fault.from(thrown);
    if (kind !== 'unavailable' && kind !== 'timeout') throw thrown;
  }
}
