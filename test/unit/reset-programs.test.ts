import { expect, test } from 'vitest';
import { differing } from '../../src/node/reset/programs.ts';

test('programs that differ or are missing count; settings, and manuals that an image leaves out, do not', () => {
  const dpkg = `missing     /usr/share/doc/zs-node/copyright
missing     /usr/share/man/man8/zs-vlan.8
??5?????? c /etc/zs-node/node.ini
??5??????   /usr/lib/zs-node/dist/console.cjs
??5??????   /usr/share/doc/zs-node/copyright
missing     /usr/lib/zs-node/dist/guard.cjs
`;
  expect(differing(dpkg)).toEqual([
    '/usr/lib/zs-node/dist/console.cjs',
    '/usr/share/doc/zs-node/copyright',
    '/usr/lib/zs-node/dist/guard.cjs',
  ]);
  const rpm = `missing   d /usr/share/doc/zs-node/LICENSE
S.5....T.  c /etc/zs-node/node.ini
S.5....T.    /usr/lib/zs-node/dist/cli.cjs
`;
  expect(differing(rpm)).toEqual(['/usr/lib/zs-node/dist/cli.cjs']);
});
