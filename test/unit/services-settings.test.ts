import { expect, test } from 'vitest';
import { brokerLogin, databaseLogin } from '../../src/node/zstack/settings.ts';
import { Properties } from '../../src/system/properties.ts';

const brokerAt = (address: string) => {
  const { host, port } = brokerLogin(Properties.parse(`CloudBus.serverIp.0 = ${address}\n`)) ?? {};
  return [host, port];
};
const databaseAt = (url: string) => {
  const { host, port } = databaseLogin(Properties.parse(`DB.url = ${url}\n`)) ?? {};
  return [host, port];
};

test.each([
  ['10.0.0.5', '10.0.0.5', 5672],
  ['10.0.0.5:5673', '10.0.0.5', 5673],
  ['broker.example.org:5673', 'broker.example.org', 5673],
  ['fd00:10::5', 'fd00:10::5', 5672],
  ['::1', '::1', 5672],
  ['fe80::1%em01', 'fe80::1%em01', 5672],
  ['[fd00:10::5]', 'fd00:10::5', 5672],
  ['[fd00:10::5]:5673', 'fd00:10::5', 5673],
  // All of it is an address.
  ['fd00:10::5:5672', 'fd00:10::5:5672', 5672],
  // As an address that would be too long.
  ['fd00:1:2:3:4:5:6:7:5673', 'fd00:1:2:3:4:5:6:7', 5673],
  ['fd00:10::5:15672', 'fd00:10::5', 15672],
])('the broker at %s', (text, host, port) => expect(brokerAt(text)).toEqual([host, port]));

test.each([
  ['jdbc:mysql://10.0.0.5/zstack', '10.0.0.5', 3306],
  ['jdbc:mysql://10.0.0.5:3307/zstack?useSSL=false', '10.0.0.5', 3307],
  ['jdbc:mariadb://[fd00:10::5]:3307', 'fd00:10::5', 3307],
  ['mysql://[::1]', '::1', 3306],
  ['jdbc:mysql://fd00:10::5/zstack', 'fd00:10::5', 3306],
  ['jdbc:mysql://fd00:10::5:13306/zstack', 'fd00:10::5', 13306],
  ['jdbc:mysql://one:3307,two:3308/zstack', 'one', 3307],
])('the database at %s', (url, host, port) => expect(databaseAt(url)).toEqual([host, port]));

test.each([
  ['jdbc:mysql://fd00:10::5:3306/zstack', /end of fd00:10::5:3306 is a port/],
  ['jdbc:mysql:replication://one,two/zstack', /no jdbc:mysql/],
  ['jdbc:mysql://[fd00:10::5/zstack', /no jdbc:mysql/],
  ['jdbc:mysql://a:b:c/zstack', /no jdbc:mysql/],
])('%s is refused', (url, why) => expect(() => databaseAt(url)).toThrow(why));
