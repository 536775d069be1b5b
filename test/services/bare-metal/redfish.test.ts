import { afterEach, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { certificateOf, redfish } from '../../../src/system/redfish.ts';
import { freePort } from '../servers.ts';
import { type Quirks, RedfishSim } from './redfish-sim.ts';

const PASSWORD = 'zqBmcWord1';
const PXE = { device: 'pxe', firmware: 'uefi' } as const;

let sim: RedfishSim | undefined;
afterEach(() => {
  sim?.end();
  sim = undefined;
});

async function started(quirks: Quirks = {}): Promise<RedfishSim> {
  sim = new RedfishSim('admin', PASSWORD, quirks);
  await sim.start();
  return sim;
}

async function clientOf({ port }: RedfishSim, password = PASSWORD) {
  const place = { address: '127.0.0.1', port };
  const certificate = await certificateOf(place);
  return redfish({ ...place, user: 'admin', password: new Secret(password), certificate });
}

const faultOf = (call: Promise<unknown>): Promise<Fault> =>
  call.then(
    () => Promise.reject(new Error('it was done')),
    (thrown: unknown) => Fault.from(thrown),
  );

test('a machine is switched, and told once from what it starts', async () => {
  const bmc = await started({ wantsTag: true });
  const client = await clientOf(bmc);
  expect(await client.power()).toBe('off');
  await client.order('on');
  expect(await client.power()).toBe('on');
  await client.order('reset');
  await client.bootOnce(PXE);
  expect(bmc.boot).toEqual({
    BootSourceOverrideEnabled: 'Once',
    BootSourceOverrideTarget: 'Pxe',
    BootSourceOverrideMode: 'UEFI',
  });
  await client.bootOnce({ device: 'disk', firmware: 'bios' });
  expect(bmc.boot).toMatchObject({ BootSourceOverrideTarget: 'Hdd', BootSourceOverrideMode: 'Legacy' });
  await client.order('off');
  expect(await client.power()).toBe('off');
});

test('a firmware that starts in one way is not told another', async () => {
  const bmc = await started({ oneMode: true });
  await (await clientOf(bmc)).bootOnce(PXE);
  expect(bmc.boot).toEqual({ BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' });
});

test('another certificate than the one that was confirmed: neither user nor password is sent', async () => {
  const bmc = await started();
  const place = { address: '127.0.0.1', port: bmc.port };
  const certificate = `${'00:'.repeat(31)}00`;
  const client = redfish({ ...place, user: 'admin', password: new Secret(PASSWORD), certificate });
  const fault = await faultOf(client.power());
  expect(fault).toMatchObject({ kind: 'conflict', field: 'certificate' });
  expect(fault.words.en).toContain(await certificateOf(place));
  expect(bmc.asked).toEqual([]);
});

test.each<[string, Quirks, string, RegExp]>([
  [
    'members that are none',
    { answers: (response) => response.end('{"Members":[null]}') },
    'unavailable',
    /Members\.0 makes no sense/,
  ],
  ['no machine', { systems: 0 }, 'conflict', /looks after 0 machines/],
  ['several machines', { systems: 2 }, 'conflict', /looks after 2 machines/],
  ['an order that it does not know', { resets: ['On'] }, 'conflict', /it cannot do that/],
  [
    'an empty page',
    { answers: (response) => response.end('<html></html>') },
    'unavailable',
    /does not answer as Redfish does/,
  ],
  ['a connection that ends', { answers: (response) => response.destroy() }, 'unavailable', /Redfish, 127/],
  [
    'more than anybody can read',
    { answers: (response) => response.end('x'.repeat(3_000_000)) },
    'unavailable',
    /more than 1048576 bytes/,
  ],
  ['an error of its own', { answers: (response) => response.writeHead(500).end() }, 'failed', /HTTP 500/],
])('%s', async (_what, quirks, kind, says) => {
  const client = await clientOf(await started(quirks));
  const fault = await faultOf(client.order('off'));
  expect(fault.kind).toBe(kind);
  expect(fault.words.en).toMatch(says);
});

test('a wrong password, a state that does not allow it, and nobody there are told apart', async () => {
  const bmc = await started();
  const wrong = await faultOf((await clientOf(bmc, 'other')).power());
  expect(wrong).toMatchObject({ kind: 'refused' });
  expect(wrong.words.en).toMatch(/it refuses user or password$/);
  const off = await faultOf((await clientOf(bmc)).order('reset'));
  expect(off).toMatchObject({ kind: 'conflict' });
  expect(off.words.en).toMatch(/the machine is off$/);
  const port = await freePort();
  const nobody = await faultOf(certificateOf({ address: '127.0.0.1', port }));
  expect(nobody).toMatchObject({ kind: 'unavailable' });
  expect(nobody.words.en).toMatch(new RegExp(`^Redfish, 127\\.0\\.0\\.1:${port}: .*refuses the connection`));
});
