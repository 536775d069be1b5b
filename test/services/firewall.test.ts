import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OwnRoot } from './own-root.ts';

const PROPERTIES = '/usr/local/zstack/apache-tomcat/webapps/zstack/WEB-INF/classes/zstack.properties';
const root = new OwnRoot();
afterAll(() => root.end());

/** A real firewalld, the ports of this node behind it, and another machine that tries to reach them. */
const WORLD = `
mkdir -p /run/dbus
dbus-daemon --system --fork
ip link set lo up
ip netns add other
ip link add near type veth peer name far netns other
ip address add 192.0.2.1/24 dev near
ip link set near up
ip -n other address add 192.0.2.2/24 dev far
ip -n other link set far up
for port in 8080 8091 8099 4900; do python3 -m http.server $port > /dev/null 2>&1 & done
for port in 8080 8091 8099 4900; do until bash -c "< /dev/tcp/127.0.0.1/$port" 2> /dev/null; do sleep 0.1; done; done
started() {
  firewalld --nofork --nopid > /dev/null 2>&1 &
  daemon=$!
  until firewall-cmd --quiet --state 2> /dev/null; do kill -0 $daemon; sleep 0.2; done
}
ended() { kill $daemon; wait $daemon || true; }
fw() { sh /tmp/given/firewall "$@" | tr '\\n' ' '; }
reached() {
  for port in 8080 8091 8099 4900; do
    ! ip netns exec other timeout 3 bash -c "< /dev/tcp/192.0.2.1/$port" 2> /dev/null || printf '%s ' $port
  done
  echo
}
`;
const world = (script: string): string[] =>
  root
    .inside('sh', '-eu', '-c', `${WORLD}${script}`)
    .split('\n')
    .map((line) => line.trim());

beforeAll(() => {
  mkdirSync(root.given);
  copyFileSync(resolve('scripts/install/bin/firewall'), join(root.given, 'firewall'));
});
beforeEach(() => {
  root.inside(
    ...['sh', '-eu', '-c'],
    `rm -rf /etc/firewalld/zones/* /var/lib/zs-node ${PROPERTIES}; mkdir -p /var/lib/zs-node ${PROPERTIES.replace(/\/[^/]*$/, '')}`,
  );
});

test('another machine reaches the service’s ports once they are opened, after firewalld’s restart too, and not when they are closed', () => {
  const said = world(`
    echo "without: $(fw open)"
    started
    echo "before: $(reached)"
    echo "opened: $(fw open)"
    echo "now: $(reached)"
    echo "again: $(fw open)"
    ended
    started
    echo "restarted: $(reached)"
    echo "closed: $(fw close)"
    echo "after: $(reached)"
    firewall-cmd --reload
    echo "reloaded: $(reached)"`);
  expect(said).toEqual([
    'without:',
    'before:',
    'opened: 8080/tcp 8091/tcp 4900/tcp',
    'now: 8080 8091 4900',
    'again:',
    'restarted: 8080 8091 4900',
    'closed: 4900/tcp 8080/tcp 8091/tcp',
    'after:',
    'success',
    'reloaded:',
  ]);
}, 300_000);

test('a port that somebody has opened stays open; another setting closes the port of before; closed while firewalld does not run', () => {
  const said = world(`
    started
    firewall-cmd --quiet --permanent --add-port=8080/tcp
    firewall-cmd --quiet --add-port=8080/tcp
    echo "opened: $(fw open)"
    echo 'ClusterLink.port = 8099' > ${PROPERTIES}
    echo "moved: $(fw open 2> /dev/null)"
    echo "now: $(reached)"
    ended
    echo "closed: $(fw close)"
    started
    echo "after: $(reached)"`);
  expect(said).toEqual([
    'opened: 8091/tcp 4900/tcp',
    'moved: 8099/tcp',
    'now: 8080 8099 4900',
    'closed: 4900/tcp 8099/tcp',
    'after: 8080',
  ]);
}, 300_000);

test('cut off between the firewall and the record, it is ours all the same', () => {
  const said = world(`
    started
    echo 'public 8080/tcp' > /var/lib/zs-node/firewall.opening
    firewall-cmd --quiet --permanent --zone=public --add-port=8080/tcp
    echo "opened: $(fw open)"
    echo "closed: $(fw close)"
    echo "after: $(reached)"`);
  expect(said).toEqual([
    'opened: 8080/tcp 8091/tcp 4900/tcp',
    'closed: 4900/tcp 8080/tcp 8091/tcp',
    'after:',
  ]);
}, 300_000);
