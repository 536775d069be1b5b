import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { isOn } from '../../system/libvirt/guests.ts';
import { attributeIn } from '../../system/xml.ts';
import { mustFindGuest } from '../vm/guest.ts';
import type { StandingGuests } from '../vm/standing.ts';

/** Where QEMU shows a guest's screen, a unix socket. Faults as those of `vm.screen`. */
export async function screenOf(standing: StandingGuests, vm: string): Promise<string> {
  const guests = await standing.get();
  const { dom } = await mustFindGuest(guests, vm);
  if (!isOn(await guests.state(dom)))
    throw new Fault('conflict', say('this VM is off', '该云主机已关机'), VM);
  const path = attributeIn(await guests.running(dom), 'graphics', 'socket');
  if (path !== undefined) return path;
  throw new Fault('unavailable', say('this VM has no screen on a socket', '该云主机没有可用的画面'), VM);
}

const VM = { field: 'vm' } as const;

/** QEMU takes one that comes at a time; who comes meanwhile is told to come again. */
const TRIES = 20;
const AGAIN_MILLISECONDS = 50;

/** A line to QEMU's socket. Throws `unavailable`. */
export async function connectScreen(path: string): Promise<Socket> {
  for (let left = TRIES; ; left--) {
    try {
      return await connected(path);
    } catch (thrown) {
      const isBusy = (thrown as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!isBusy || left === 0) throw new Fault('unavailable', whyOf(thrown), { cause: thrown });
    }
    await sleep(AGAIN_MILLISECONDS);
  }
}

const connected = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once('error', reject);
  });
