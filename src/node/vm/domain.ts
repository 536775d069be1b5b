import type { Secret } from '../../api/secret-text.ts';
import { element, type Xml } from '../../system/xml.ts';
import type { Guest } from './plan.ts';

/** Namespace of our element in a domain's metadata: a domain that has it is of this cloud. */
export const OURS = 'urn:zs-node:vm:1';

const EMULATED: readonly Guest['platform'][] = ['Windows', 'Other'];

/** The XML of a guest's libvirt domain, whose name is the guest's uuid. */
export function domainXml(vm: string, guest: Guest, consolePassword: Secret | undefined): string {
  const emulated = EMULATED.includes(guest.platform);
  return element(
    'domain',
    { type: guest.accelerator },
    element('name', {}, vm),
    element('uuid', {}, vm),
    element('title', {}, guest.name),
    element('metadata', {}, element('zs:vm', { 'xmlns:zs': OURS, name: guest.name })),
    element('memory', { unit: 'b' }, String(guest.memorySize)),
    element('vcpu', {}, String(guest.cpuNum)),
    element(
      'os',
      {},
      element('type', { arch: 'x86_64', machine: 'pc' }, 'hvm'),
      element('boot', { dev: 'hd' }),
      element('bootmenu', { enable: guest.bootMenu ? 'yes' : 'no' }),
    ),
    element('features', {}, element('acpi', {}), element('apic', {})),
    cpu(guest),
    element('clock', { offset: guest.platform.startsWith('Windows') ? 'localtime' : 'utc' }),
    element('on_poweroff', {}, 'destroy'),
    element('on_reboot', {}, 'restart'),
    element('on_crash', {}, 'destroy'),
    element(
      'devices',
      {},
      ...guest.volumes.map((volume, at) => disk(volume, at, emulated, guest.cacheMode)),
      ...guest.nics.map((nic) => network(nic, emulated)),
      ...consoles(guest.videoType, consolePassword),
    ),
  ).text;
}

/** An emulated processor is QEMU's own. */
function cpu({ accelerator, cpuMode }: Guest): Xml | undefined {
  return accelerator === 'kvm' && cpuMode !== 'none' ? element('cpu', { mode: cpuMode }) : undefined;
}

/** IDE has four places, of which the last is a CD's. */
const IDE_PLACES = 3;

function disk(
  { volume, path }: Guest['volumes'][number],
  at: number,
  emulated: boolean,
  cache: Guest['cacheMode'],
): Xml {
  const bus = emulated && at < IDE_PLACES ? 'ide' : 'virtio';
  const letter = String.fromCharCode('a'.charCodeAt(0) + at);
  return element(
    'disk',
    { type: 'file', device: 'disk' },
    element('driver', { name: 'qemu', type: 'qcow2', cache }),
    element('source', { file: path }),
    element('target', { dev: `${bus === 'ide' ? 'hd' : 'vd'}${letter}`, bus }),
    // As much of it as virtio shows the guest.
    element('serial', {}, volume.slice(0, 20)),
  );
}

const network = ({ mac, bridge }: Guest['nics'][number], emulated: boolean): Xml =>
  element(
    'interface',
    { type: 'bridge' },
    element('mac', { address: mac }),
    element('source', { bridge }),
    element('model', { type: emulated ? 'e1000' : 'virtio' }),
  );

/**
 * A guest's picture, by VNC. @param password asked of who looks; absent: none is
 * @param socket where it is already; absent: libvirt chooses
 */
export const screen = (password: Secret | undefined, socket?: string): Xml =>
  element(
    'graphics',
    { type: 'vnc', passwd: password?.reveal() },
    element('listen', { type: 'socket', socket }),
  );

/** Text on a serial line and a picture by VNC, on a unix socket of libvirt's own: nobody reaches either over the network. */
const consoles = (videoType: Guest['videoType'], password: Secret | undefined): Xml[] => [
  element('serial', { type: 'pty' }),
  element('console', { type: 'pty' }),
  element(
    'channel',
    { type: 'unix' },
    element('source', { mode: 'bind' }),
    element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' }),
  ),
  screen(password),
  element('video', {}, element('model', { type: videoType })),
  element('input', { type: 'tablet', bus: 'usb' }),
  element('memballoon', { model: 'virtio' }),
];
