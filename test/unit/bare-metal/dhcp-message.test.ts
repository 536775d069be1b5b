import { expect, test } from 'vitest';
import { discoverPacket, offerIn } from '../../../src/system/dhcp-message.ts';
import { randomOf, seed, tellSeed } from '../../fakes/random.ts';

const XID = 0x12345678;

/** An OFFER to that DISCOVER, as a server sends it: IP and UDP header, message, options. */
function offer(options: readonly number[], xid = XID): Buffer {
  const packet = discoverPacket({ xid, mac: '52:54:00:00:00:01', pxe: false });
  packet.set([192, 0, 2, 1], 12);
  packet.writeUInt16BE(67, 20);
  packet.writeUInt16BE(68, 22);
  packet[28] = 2;
  packet.fill(0, 28 + 240);
  packet.set(options, 28 + 240);
  return packet;
}

test('an offer tells its server: by option 54, or by where it came from', () => {
  expect(offerIn(offer([53, 1, 2, 54, 4, 10, 0, 0, 9, 255]), XID)).toBe('10.0.0.9');
  expect(offerIn(offer([0, 0, 53, 1, 2, 255]), XID)).toBe('192.0.2.1');
});

test('what is no offer to us is none', () => {
  expect(offerIn(offer([53, 1, 5, 255]), XID)).toBeUndefined();
  expect(offerIn(offer([53, 1, 2, 255], XID + 1), XID)).toBeUndefined();
  expect(offerIn(discoverPacket({ xid: XID, mac: '52:54:00:00:00:01', pxe: true }), XID)).toBeUndefined();
});

test('its checksum is that of its header', () => {
  const header = discoverPacket({ xid: XID, mac: '52:54:00:00:00:01', pxe: false }).subarray(0, 20);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  expect(sum).toBe(0xffff);
});

test('whatever is on the wire is read without harm', () => {
  tellSeed();
  const random = randomOf(seed);
  const below = (most: number) => Math.floor(random() * most);
  const good = offer([53, 1, 2, 54, 4, 10, 0, 0, 9, 255]);
  for (let round = 0; round < 2000; round += 1) {
    const packet = Buffer.from(good.subarray(0, below(good.length + 1)));
    for (let at = 0; at < 4 && packet.length > 0; at += 1) packet[below(packet.length)] = below(256);
    const found = offerIn(packet, XID);
    expect(found ?? '0.0.0.0').toMatch(/^\d+(\.\d+){3}$/);
  }
});
