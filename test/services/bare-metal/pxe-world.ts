import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { OwnInit } from '../own-init.ts';
import type { Said } from './ctl.ts';

const HOME = '/usr/local/zs-node';
/** As the package makes them (scripts/install: sysusers.conf, tmpfiles.conf, and the link of the launcher). */
const INSTALLED = `
echo 'zs-pxe:x:64991:64991::/var/lib/zs-pxe:/bin/sh' >> /etc/passwd
echo 'zs-pxe:x:64991:' >> /etc/group
install -d -m 750 -o root -g zs-pxe /run/zs-pxe
install -d -m 750 -o zs-pxe -g zs-pxe /var/lib/zs-pxe
ln -s launch ${HOME}/bin/zs-pxe-http
mkdir -p /run/systemd/system/zs-pxe-http.service.d /etc/zs-node
sed -n 's#^ExecStart=/usr/sbin#[Service]\\nExecStart=\\nExecStart=${HOME}/bin#p' /usr/lib/systemd/system/zs-pxe-http.service > /run/systemd/system/zs-pxe-http.service.d/place.conf
echo management > /etc/zs-node/role
systemctl daemon-reload
`;

/** Of the controller and the management service, which run as root here. */
const FOLDERS = [
  '/var/lib/zstack/management',
  '/usr/local/zstack/apache-tomcat/logs',
  '/usr/local/zstack/apache-tomcat/webapps/zstack/WEB-INF/classes',
  '/var/lib/zs-node',
  '/var/lib/zs-node-audit',
  '/var/log/zstack',
];

/** A management node with the real systemd and units, and a network that machines can be plugged into: the bridge `lan`. */
export class PxeWorld {
  readonly init = new OwnInit();
  readonly #runs = new Map<string, number>();

  /** @param medium the installation medium, as it lies in /opt/zstack-dvd */
  async start(medium: string): Promise<void> {
    await this.init.start();
    this.sh('mount -t tmpfs -o mode=755 tmpfs /opt');
    const kept = `${this.init.root}/opt/zstack-dvd`;
    execFileSync('cp', ['-a', medium, kept]);
    chmodSync(kept, 0o755);
    this.sh(INSTALLED);
    this.sh(
      'ip link set lo up; ip link add lan type bridge; ip addr add 10.88.0.1/24 dev lan; ip link set lan up; ip link add port type veth peer name cable; ip link set port master lan up; ip link set cable up',
    );
  }

  /** Starts its controller and its management service, whose first host it becomes by itself. */
  serve(): void {
    this.sh(`mount -t tmpfs -o mode=755 tmpfs /var/log; mkdir -p ${FOLDERS.join(' ')}`);
    for (const name of ['controller', 'management']) this.#run(name);
  }

  /** Each start under a name of its own: systemd may remember one that was killed for a while. */
  #run(name: string): void {
    const run = (this.#runs.get(name) ?? 0) + 1;
    this.#runs.set(name, run);
    this.sh(`systemd-run --quiet --unit=own-${name}-${run} ${HOME}/runtime/node ${HOME}/dist/${name}.cjs`);
  }

  /** As a power cut would end it, and starts it again. */
  kill(name: 'controller' | 'management'): void {
    const unit = `own-${name}-${this.#runs.get(name)}`;
    this.sh(
      `pid=$(systemctl show -P MainPID ${unit}); kill -KILL $pid; while [ -e /proc/$pid ]; do sleep 0.1; done`,
    );
    this.#run(name);
  }

  sh(script: string): string {
    return this.init.inside(['sh', '-euc', script]);
  }

  /** Runs `zstack-ctl` on it, where no controller serves. */
  ctl(words: readonly string[], env: Record<string, string> = {}): Said {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const program = ['env', ...variables, `${HOME}/runtime/node`, `${HOME}/dist/cli.cjs`, 'zstack-ctl'];
    try {
      return { code: 0, out: `${this.init.inside([...program, ...words])}\n`, err: '' };
    } catch (thrown) {
      const { status, stdout, stderr } = thrown as { status: number; stdout: string; stderr: string };
      return { code: status, out: stdout, err: stderr };
    }
  }

  end(): Promise<void> {
    return this.init.end();
  }
}
