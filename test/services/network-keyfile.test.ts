import { expect, test } from 'vitest';
import { keyfile } from '../../src/node/network/keyfile.ts';
import { run } from '../../src/system/exec.ts';

const uuid = '00000000-0000-4000-8000-000000000000';
const off = { method: 'disabled' as const, addresses: [], dns: [], routes: [] };

test("NetworkManager reads the profile of a bond's port as one of a port", async () => {
  const link = { name: 'ens16', kind: 'physical' as const, controller: 'bond0', ipv4: off, ipv6: off };
  const argv = ['nmcli', '--offline', 'connection', 'modify', 'connection.id', 'ens16'];
  const { code, stdout } = await run(argv, { timeout: 60_000, input: keyfile(link, { uuid }) });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^(master|controller)=bond0$/m);
  expect(stdout).toMatch(/^(slave|port)-type=bond$/m);
});
