import { Fault } from '../../../api/fault.ts';
import { run } from '../../../system/exec.ts';

export interface Neighbour {
  system: string;
  port: string;
}

interface Cell {
  value?: string;
}

/** lldpcli's JSON in which everything is a list. */
interface Told {
  lldp?: {
    interface?: {
      name?: string;
      chassis?: { name?: Cell[] }[];
      port?: { id?: Cell[]; descr?: Cell[] }[];
    }[];
  }[];
}

const TIMEOUT = 2000;

/** Switch and port by NIC, from `lldpcli -f json0 show neighbors`. */
export function neighboursFrom(text: string): Map<string, Neighbour> {
  const told = JSON.parse(text) as Told;
  const rows = (told.lldp ?? []).flatMap((each) => each.interface ?? []);
  return new Map(
    rows.flatMap(({ name = '', chassis = [], port = [] }) => {
      const system = chassis[0]?.name?.[0]?.value ?? '';
      const at = port[0]?.descr?.[0]?.value ?? port[0]?.id?.[0]?.value ?? '';
      return name === '' || (system === '' && at === '') ? [] : [[name, { system, port: at }] as const];
    }),
  );
}

/** Empty where lldpd is not installed or does not run: then nothing is known of the switches. */
export async function readNeighbours(): Promise<Map<string, Neighbour>> {
  try {
    const { code, stdout } = await run(['lldpcli', '-f', 'json0', 'show', 'neighbors'], { timeout: TIMEOUT });
    return code === 0 ? neighboursFrom(stdout) : new Map();
  } catch (thrown) {
    const { kind } = Fault.from(thrown);
    if (kind === 'unavailable' || kind === 'timeout' || thrown instanceof SyntaxError) return new Map();
    throw thrown;
  }
}
