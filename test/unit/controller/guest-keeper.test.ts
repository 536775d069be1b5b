import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same, type Words } from '../../../src/api/words.ts';
import { GuestKeeper } from '../../../src/controller/guest-keeper.ts';
import { LANES, Lanes } from '../../../src/controller/lanes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One network whose DHCP has gone; `make` brings it back. */
function keeperOf(lanes: Lanes, make: () => Promise<void>): GuestKeeper {
  let isThere = false;
  return new GuestKeeper({
    networks: { remake: async () => [] },
    dhcp: {
      async remake(alone) {
        const failed: Words[] = [];
        const work = async () => {
          await make();
          isThere = true;
        };
        if (!isThere) await alone('x', work).catch((thrown) => failed.push(Fault.from(thrown).words));
        return failed;
      },
    },
    lanes,
    changed: () => undefined,
  });
}

test('what the cluster is changing just now is no trouble, and is looked at again', async () => {
  const lanes = new Lanes({ ...LANES, now: () => 0 });
  const caller = { line: 'order', program: 'cluster' };
  let end = () => {};
  const until = new Promise<void>((resolve) => {
    end = resolve;
  });
  const change = lanes.hold({ caller, action: 'dhcp.set', scope: 'guests', about: 'l3 x' }, () => until);
  const make = vi.fn(async () => undefined);
  const keeper = keeperOf(lanes, make);
  keeper.start();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([keeper.attention, make.mock.calls]).toEqual([[], []]);
  end();
  await change;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(make).toHaveBeenCalledOnce();
  keeper.stop();
});

test('what does not work is told until it does', async () => {
  const make = vi.fn(async () => undefined);
  make.mockRejectedValueOnce(new Fault('failed', same('no such bridge')));
  const keeper = keeperOf(new Lanes({ ...LANES, now: () => 0 }), make);
  keeper.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(keeper.attention).toEqual([{ level: 'bad', words: same('no such bridge') }]);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(keeper.attention).toEqual([]);
  keeper.stop();
});
