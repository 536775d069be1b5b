import { queryApi } from '../../define/api.ts';
import { DATES, int, maybe, ref, text, uuid } from '../../define/fields.ts';
import { resource } from '../../define/resource.ts';

/** A VM's NIC, with the address that DHCP gives it. */
export const vmNic = resource({
  name: 'VmNic',
  package: 'org.zstack.header.vm',
  path: '/vm-instances/nics',
  table: 'vm_nic',
  owner: { column: 'vmInstanceUuid', is: 'resource' },
  fields: {
    uuid: uuid(),
    vmInstanceUuid: ref('VmInstanceVO'),
    l3NetworkUuid: ref('L3NetworkVO'),
    ip: maybe(text(64)),
    mac: text(32),
    netmask: maybe(text(64)),
    gateway: maybe(text(64)),
    metaData: maybe(text(255)),
    deviceId: int(),
    ...DATES,
  },
  related: {
    vmInstance: { resource: 'VmInstance', from: 'vmInstanceUuid', to: 'uuid' },
    l3Network: { resource: 'L3Network', from: 'l3NetworkUuid', to: 'uuid' },
  },
  goesWith: ['vmInstanceUuid', 'l3NetworkUuid'],
  heldBy: { resource: 'VmInstance', by: 'vmInstanceUuid' },
  unique: [['mac']],
  index: [['vmInstanceUuid'], ['l3NetworkUuid']],
});

export const vmNicApis = [queryApi(vmNic)];
