import { openHypervisor } from '../../src/system/libvirt/hypervisor.ts';
import { LibvirtDaemon, missingForLibvirt } from '../services/facts/libvirt-daemon.ts';
import { type Bench, median, type Row } from './row.ts';

const VMS = 20;
const TIMES = 50;

const NAME = `all figures of ${VMS} VMs from libvirt, the connection kept`;

/** What following libvirt costs a reading, beside a `virsh` of the same. */
const bench: Bench = async () => {
  const missing = missingForLibvirt();
  if (missing !== undefined)
    return [{ name: NAME, value: undefined, unit: 'ms', note: `${missing} is missing` }];
  const daemon = new LibvirtDaemon();
  try {
    await daemon.start();
    for (let i = 0; i < VMS; i++) await daemon.define(`vm-${i}`, 64, 1);
    return [await listing(daemon)];
  } finally {
    await daemon.end();
  }
};
export default bench;

async function listing(daemon: LibvirtDaemon): Promise<Row> {
  const hypervisor = await openHypervisor(daemon.socket, 'urn:none', () => {});
  const ours = await repeat(() => hypervisor.listDomains());
  hypervisor.close();
  const virsh = await repeat(() => daemon.virsh('domstats', '--state', '--balloon', '--vcpu', '--nowait'));
  return { name: NAME, value: median(ours), unit: 'ms', peers: { virsh: median(virsh) } };
}

async function repeat(ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const from = performance.now();
    await ask();
    times.push(performance.now() - from);
  }
  return times;
}
