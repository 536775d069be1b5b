import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ValueOf } from '../../../src/system/libvirt/codec.ts';
import { EVENT, PROCEDURE } from '../../../src/system/libvirt/codecs.gen.ts';
import { type EventMessage, LibvirtConnection } from '../../../src/system/libvirt/connection.ts';
import { EVENT_ID } from '../../../src/system/libvirt/protocol.ts';
import { LibvirtDaemon, missingForLibvirt } from './libvirt-daemon.ts';

// The generated codecs against a real libvirtd with a QEMU guest, and what virsh says of the same.

const missing = missingForLibvirt();
const XML = `<domain type='qemu'><name>made 名</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64'>hvm</type></os></domain>`;
/** virDomainEventType */
const [DEFINED, UNDEFINED, STARTED, SUSPENDED, RESUMED, STOPPED] = [0, 1, 2, 3, 4, 5];
/** virDomainState */
const [RUNNING, PAUSED, SHUT_OFF] = [1, 3, 5];

let daemon: LibvirtDaemon;
let connection: LibvirtConnection;
const events: ValueOf<typeof EVENT.domainEventCallbackLifecycle.body>['msg'][] = [];

beforeAll(async () => {
  if (missing !== undefined) return;
  daemon = new LibvirtDaemon();
  await daemon.start();
});
afterAll(async () => daemon?.end());

beforeEach(async ({ skip }) => {
  skip(missing !== undefined, `${missing} is missing`);
  const heard = ({ number, body }: EventMessage) => {
    const { domainEventCallbackLifecycle: lifecycle } = EVENT;
    if (number === lifecycle.number) events.push(lifecycle.body.read(body).msg);
  };
  connection = await LibvirtConnection.open(daemon.socket.replace(/-ro$/, ''), heard);
  await connection.call(PROCEDURE.authList, undefined);
  await connection.call(PROCEDURE.connectOpen, { name: 'qemu:///system', flags: 0 });
});
afterEach(() => connection?.close());

test('a VM’s whole life by calls: defined, found, started, paused, reset, ended, gone, each with its event', async () => {
  const all = { eventID: EVENT_ID.lifecycle, dom: undefined };
  const { callbackID } = await connection.call(PROCEDURE.connectDomainEventCallbackRegisterAny, all);
  const { dom } = await connection.call(PROCEDURE.domainDefineXmlFlags, { xml: XML, flags: 0 });
  expect(dom).toMatchObject({ name: 'made 名', id: -1 });
  const uuid = dom.uuid.toString('hex');
  expect((await daemon.virsh('domuuid', 'made 名')).replaceAll('-', '')).toBe(uuid);
  expect((await connection.call(PROCEDURE.domainLookupByUuid, { uuid: dom.uuid })).dom).toEqual(dom);
  const { xml } = await connection.call(PROCEDURE.domainGetXmlDesc, { dom, flags: 0 });
  expect(xml.trim()).toBe((await daemon.virsh('dumpxml', 'made 名')).trim());

  const state = async () => (await connection.call(PROCEDURE.domainGetState, { dom, flags: 0 })).state;
  expect(await state()).toBe(SHUT_OFF);
  const running = (await connection.call(PROCEDURE.domainCreateWithFlags, { dom, flags: 0 })).dom;
  expect(running.id).toBeGreaterThan(0);
  expect(await state()).toBe(RUNNING);
  const listed = await connection.call(PROCEDURE.connectListAllDomains, { needResults: 1, flags: 0 });
  expect(listed).toEqual({ domains: [running], ret: 1 });
  await connection.call(PROCEDURE.domainSuspend, { dom });
  expect(await state()).toBe(PAUSED);
  await connection.call(PROCEDURE.domainResume, { dom });
  await connection.call(PROCEDURE.domainReset, { dom, flags: 0 });
  // Nothing in the guest hears these two; that libvirt took them is all there is to see.
  await connection.call(PROCEDURE.domainReboot, { dom, flags: 0 });
  await connection.call(PROCEDURE.domainShutdownFlags, { dom, flags: 0 });
  expect(await state()).toBe(RUNNING);
  await connection.call(PROCEDURE.domainDestroyFlags, { dom, flags: 0 });
  expect(await state()).toBe(SHUT_OFF);
  await connection.call(PROCEDURE.domainUndefineFlags, { dom, flags: 0 });
  await expect(connection.call(PROCEDURE.domainGetState, { dom, flags: 0 })).rejects.toMatchObject({
    kind: 'failed',
    words: { en: expect.stringContaining('Domain not found') },
  });

  const life = [DEFINED, STARTED, RESUMED, SUSPENDED, RESUMED, STOPPED, UNDEFINED];
  const told = () => events.map(({ event }) => event).filter((event, at, kinds) => event !== kinds[at - 1]);
  await vi.waitFor(() => expect(told().at(-1)).toBe(UNDEFINED), { timeout: 30_000 });
  expect(life.every((event) => told().includes(event ?? 0))).toBe(true);
  expect(events.every((event) => event.dom.uuid.equals(dom.uuid))).toBe(true);
  await connection.call(PROCEDURE.connectDomainEventCallbackDeregisterAny, { callbackID });
});

test('what libvirt does not take is told in its own words, and the connection goes on', async () => {
  const wrong = connection.call(PROCEDURE.domainDefineXmlFlags, { xml: '<domain', flags: 0 });
  await expect(wrong).rejects.toMatchObject({ kind: 'failed' });
  const none = { uuid: Buffer.alloc(16, 7) };
  await expect(connection.call(PROCEDURE.domainLookupByUuid, none)).rejects.toMatchObject({ kind: 'failed' });
  const { domains } = await connection.call(PROCEDURE.connectListAllDomains, { needResults: 1, flags: 0 });
  expect(domains).toEqual([]);
});
