import { known } from '../../api/reading.ts';
import type { Board } from '../facts/board.ts';
import type { Supplier } from '../facts/supplier.ts';
import { readNeighbours } from './change/neighbours.ts';

/** Ticks between two readings: switches tell themselves every 30 seconds, and cables are moved by hand. */
const EVERY = 30;

/** The switches and ports that LLDP tells; none where lldpd does not run. */
export const neighboursSupplier = (board: Board): Supplier => ({
  polls: [
    {
      every: EVERY,
      async read() {
        const found = [...(await readNeighbours())].map(([nic, neighbour]) => ({ nic, ...neighbour }));
        board.set('neighbours', known(found));
      },
    },
  ],
});
