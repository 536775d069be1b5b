import { known, lost } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import type { Listened } from '../../system/exec.ts';
import { defaultRouteLink, monitorLinks, readLinks, readSpeed } from '../../system/iproute.ts';
import type { ReadText } from '../../system/proc.ts';
import { Refresher } from '../../system/refresher.ts';
import type { Board } from '../facts/board.ts';
import type { Nic } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';
import { type ManagementSetting, withServiceAddress } from './management-setting.ts';
import { nicsOf } from './nics.ts';

/**
 * The links, read anew after each change that the kernel tells. Events come from one `ip monitor`; while that one is
 * down the section is stale, and when it is back everything is read again.
 */
export function linksSupplier(board: Board, readText: ReadText, setting: ManagementSetting): Supplier {
  const withService = withServiceAddress(setting, readText);
  const refresher = new Refresher(async () => {
    const nics = await readNics(readText, withService).then(known, (thrown) =>
      lost(board.facts.nics, whyOf(thrown), Date.now()),
    );
    board.set('nics', nics);
  });
  const monitor = new Monitor(
    () => refresher.ask(),
    () =>
      board.set(
        'nics',
        lost(board.facts.nics, say('changes are not reported now', '暂时无法获知变化'), Date.now()),
      ),
  );
  return {
    start: async () => {
      monitor.start();
      await refresher.now();
    },
    stop: () => {
      refresher.close();
      monitor.stop();
    },
  };
}

async function readNics(readText: ReadText, setting: ManagementSetting): Promise<Nic[]> {
  const links = await readLinks();
  const fast = links.filter(
    ({ linkinfo, flags }) => hasSpeed(linkinfo?.info_kind) && flags.includes('LOWER_UP'),
  );
  const speeds = await Promise.all(
    fast.map(async ({ ifname }) => [ifname, await readSpeed(ifname)] as const),
  );
  const defaultRoute = defaultRouteLink(
    textOr(readText, '/proc/net/route'),
    textOr(readText, '/proc/net/ipv6_route'),
  );
  return nicsOf(links, {
    speeds: new Map(speeds.filter((entry): entry is [string, number] => entry[1] !== undefined)),
    defaultRoute,
    ...setting(),
  });
}

/** Real NICs and bonds: what the others tell is their parent's speed or a made-up one. */
const hasSpeed = (kind: string | undefined): boolean => kind === undefined || kind === 'bond';

/** A kernel without IPv6 has no file of its routes. */
function textOr(readText: ReadText, path: string): string {
  try {
    return readText(path);
  } catch {
    return '';
  }
}

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
