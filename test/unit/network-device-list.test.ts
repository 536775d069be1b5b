import { expect, test } from 'vitest';
import { isListed } from '../../src/node/network/device-list.ts';

const NIC = { name: 'em03', mac: '52:54:00:00:00:03', driver: 'ixgbe' };

test.each([
  ['interface-name:em03', true],
  ['interface-name:em0?', true],
  ['interface-name:e*', true],
  ['interface-name:=em03', true],
  ['interface-name:=em*', false],
  ['interface-name:em0', false],
  ['em03', true],
  ['em*', false],
  ['*', true],
  ['mac:52:54:00:00:00:03', true],
  ['mac:52-54-00-00-00-03', true],
  ['52:54:00:00:00:03', true],
  ['mac:52:54:00:00:00:04', false],
  ['driver:ixgbe', true],
  ['driver:i*', true],
  ['driver:veth', false],
  ['type:ethernet', true],
  ['type:wifi', false],
  ['interface-name:eth*; mac:52:54:00:00:00:03', true],
  ['interface-name:eth*,interface-name:em03', true],
  ['*,except:interface-name:em03', false],
  ['except:mac:52:54:00:00:00:03,*', false],
  ['*,except:interface-name:em04', true],
  ['except:interface-name:em04', true],
  ['', false],
])('%s', (list, is) => {
  expect(isListed(list, NIC)).toBe(is);
});

test('a NIC without a driver or a MAC is in no list of those', () => {
  expect(isListed('driver:*', { name: 'em03' })).toBe(false);
  expect(isListed('mac:52:54:00:00:00:03', { name: 'em03' })).toBe(false);
});
