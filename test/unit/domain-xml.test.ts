import { expect, test } from 'vitest';
import { Secret } from '../../src/api/secret.ts';
import { domainXml } from '../../src/node/vm/domain.ts';
import type { Guest } from '../../src/node/vm/plan.ts';
import { attributeIn, element } from '../../src/system/xml.ts';

const VM = '7'.repeat(32);
const GUEST: Guest = {
  name: 'one',
  accelerator: 'kvm',
  cpuNum: 2,
  memorySize: 2 ** 30,
  platform: 'Linux',
  cpuMode: 'host-model',
  cacheMode: 'writeback',
  videoType: 'vga',
  bootMenu: false,
  volumes: [
    { volume: 'a'.repeat(32), path: '/ps/volumes/a.qcow2' },
    { volume: 'b'.repeat(32), path: '/ps/volumes/b.qcow2' },
  ],
  nics: [{ mac: '52:54:00:00:00:01', bridge: 'br_em01' }],
};

const xml = (change: Partial<Guest> = {}, password?: Secret) =>
  domainXml(VM, { ...GUEST, ...change }, password);

test('what people write cannot leave its place', () => {
  const name = `</title><devices>&"'\n\u0001\ud800 末`;
  const text = xml({ name });
  expect(text.match(/<devices>/g)).toHaveLength(1);
  expect(text).not.toMatch(/[\u0000-\u001f]/);
  expect(attributeIn(text, 'vm', 'name')).toBe(`</title><devices>&"'\n\ufffd\ufffd 末`);
});

test('devices are virtio where the platform has drivers, emulated where it has none', () => {
  const linux = xml();
  expect(linux).toContain('<target dev="vda" bus="virtio"/>');
  expect(linux).toContain('<target dev="vdb" bus="virtio"/>');
  expect(linux).toContain('<model type="virtio"/>');
  const windows = xml({ platform: 'Windows' });
  expect(windows).toContain('<target dev="hda" bus="ide"/>');
  expect(windows).toContain('<model type="e1000"/>');
  expect(windows).toContain('<clock offset="localtime"/>');
  const many = { volumes: Array.from({ length: 5 }, (_, at) => ({ volume: `${at}`, path: `/v${at}` })) };
  const targets = [...xml({ platform: 'Other', ...many }).matchAll(/<target dev="(...)"/g)];
  expect(targets.map(([, dev]) => dev)).toEqual(['hda', 'hdb', 'hdc', 'vdd', 'vde']);
});

test('a processor’s model is asked for under KVM alone', () => {
  expect(xml()).toContain('<cpu mode="host-model"/>');
  expect(xml({ cpuMode: 'none' })).not.toContain('<cpu');
  expect(xml({ accelerator: 'qemu' })).not.toContain('<cpu');
});

test('a console password is in the definition, and only there', () => {
  expect(xml({}, new Secret('p&ss'))).toContain('<graphics type="vnc" passwd="p&amp;ss">');
  expect(xml()).toContain('<graphics type="vnc"><listen type="socket"/></graphics>');
});

test('an attribute is read from the first element of its name, whatever quotes and prefix it has', () => {
  expect(attributeIn("<zs:vm xmlns:zs='x' name='a &lt;&#x4e00;&quot; b'/>", 'vm', 'name')).toBe('a <一" b');
  expect(attributeIn('<vmx name="no"/><vm other="1"/>', 'vm', 'name')).toBeUndefined();
  expect(element('a', { b: undefined, c: 0 }).text).toBe('<a c="0"/>');
});
