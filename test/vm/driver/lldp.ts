/** What a switch says of itself; `seconds`: how long that holds, 0: no longer. */
export interface Said {
  system: string;
  port: string;
  seconds: number;
}

const SWITCH_MAC = Buffer.from('5254000200ff', 'hex');
const NEAREST_BRIDGE = Buffer.from('0180c200000e', 'hex');

/** An LLDP frame (IEEE 802.1AB), as it comes from a switch's port. */
export function lldpFrame({ system, port, seconds }: Said): Buffer {
  const frame = Buffer.concat([
    NEAREST_BRIDGE,
    SWITCH_MAC,
    Buffer.from('88cc', 'hex'),
    element(1, Buffer.concat([Buffer.of(4), SWITCH_MAC])),
    element(2, Buffer.concat([Buffer.of(5), Buffer.from(port)])),
    element(3, Buffer.of(seconds >> 8, seconds & 255)),
    element(5, Buffer.from(system)),
    element(0, Buffer.alloc(0)),
  ]);
  // The least that an Ethernet frame has.
  return Buffer.concat([frame, Buffer.alloc(Math.max(0, 60 - frame.length))]);
}

/** Seven bits say what it is, nine how long it is. */
function element(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE((type << 9) | value.length);
  return Buffer.concat([head, value]);
}
