import { known, lost } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import type { Listened } from '../../system/exec.ts';
import {
  type LinkRecord,
  monitorLinks,
  readDefaultRouteLink,
  readDriver,
  readLinks,
  readSpeed,
} from '../../system/iproute.ts';
import type { ReadText } from '../../system/proc.ts';
import { Refresher } from '../../system/refresher.ts';
import type { Board } from '../facts/board.ts';
import type { Supplier } from '../facts/supplier.ts';
import type { ManagementSetting } from './management-setting.ts';
import { nicsOf } from './nics.ts';

/**
 * The links, read anew after each change that the kernel tells. Events come from one `ip monitor`; while that one is
 * down the section is stale, and when it is back everything is read again.
 * @param changed told after each reading
 */
export function linksSupplier(
  board: Board,
  readText: ReadText,
  setting: ManagementSetting,
  changed: () => void,
): Supplier {
  let kernel: KernelView | undefined;
  const fail = (why: Words) => board.set('nics', lost(board.facts.nics, why, Date.now()));
  const show = async () => {
    if (kernel !== undefined)
      board.set('nics', known(nicsOf(kernel.links, { ...kernel, ...(await setting()) })));
  };
  const refresher = new Refresher(async () => {
    try {
      kernel = await readKernel(readText);
      changed();
      await show();
    } catch (thrown) {
      fail(whyOf(thrown));
    }
  });
  const monitor = new Monitor(
    () => refresher.ask(),
    () => fail(say('changes are not reported now', '暂时无法获知变化')),
  );
  // A management address that was set anew comes without an event of the kernel: only the marks are made again.
  const remark = async () => {
    if (board.facts.nics.state === 'known') await show().catch((thrown: unknown) => fail(whyOf(thrown)));
    else await refresher.now();
  };
  return {
    start: async () => {
      monitor.start();
      await refresher.now();
    },
    stop: () => {
      refresher.close();
      monitor.stop();
    },
    polls: [{ every: 5, read: remark }],
  };
}

interface KernelView {
  links: LinkRecord[];
  speeds: ReadonlyMap<string, number>;
  drivers: ReadonlyMap<string, string>;
  defaultRoute: string | undefined;
}

async function readKernel(readText: ReadText): Promise<KernelView> {
  const links = await readLinks();
  const speeds = new Map<string, number>();
  for (const { ifname, linkinfo, flags } of links) {
    const speed =
      hasSpeed(linkinfo?.info_kind) && flags.includes('LOWER_UP') ? await readSpeed(ifname) : undefined;
    if (speed !== undefined) speeds.set(ifname, speed);
  }
  const drivers = new Map<string, string>();
  for (const { ifname, linkinfo } of links) {
    const driver = linkinfo?.info_kind === undefined ? await readDriver(ifname) : undefined;
    if (driver !== undefined) drivers.set(ifname, driver);
  }
  return { links, speeds, drivers, defaultRoute: readDefaultRouteLink(readText) };
}

/** Real NICs and bonds: what the others tell is their parent's speed or a made-up one. */
const hasSpeed = (kind: string | undefined): boolean => kind === undefined || kind === 'bond';

/** Milliseconds until a monitor that died is started again: doubled each time up to the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** Keeps one monitor running. One that lived longer than the longest pause starts the pauses anew. */
class Monitor {
  readonly #onChange: () => void;
  readonly #onLoss: () => void;
  #child: Listened | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE;
  #stopped = false;

  constructor(onChange: () => void, onLoss: () => void) {
    this.#onChange = onChange;
    this.#onLoss = onLoss;
  }

  start(): void {
    const started = performance.now();
    this.#child = monitorLinks(this.#onChange);
    const lost = () => this.#lost(performance.now() - started);
    this.#child.ended.then(lost, lost);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGTERM');
  }

  #lost(lived: number): void {
    if (this.#stopped) return;
    if (lived > LONGEST_PAUSE) this.#pause = FIRST_PAUSE;
    this.#onLoss();
    this.#timer = setTimeout(() => {
      this.start();
      this.#onChange();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
