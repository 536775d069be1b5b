import type { Management } from '../../src/node/network/management-setting.ts';
import { reachableAddress } from '../../src/node/network/reachable.ts';

/** Prints the address under which the node is reachable, with the management setting of the argument. */
const setting = JSON.parse(process.argv[2] ?? '{}') as Management;
console.log(String(await reachableAddress(() => setting)));
