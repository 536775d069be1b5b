import { calledWith, wrongCall } from '../api/called.ts';
import { PORTS } from '../api/ports.ts';
import { logToStderr } from '../system/log.ts';
import { ServiceManager } from '../system/notify.ts';
import { pxeServer } from './pxe.ts';

const USAGE = `zs-pxe-http --address ADDRESS/PREFIX --medium DIR --kickstarts DIR --marks DIR [--port PORT]
        hands the installation medium and kickstarts out to machines that install themselves over the network

--address       where it listens, and whom it answers: that network alone
--medium        the installation medium
--kickstarts    their kickstarts
--marks         where it writes down who has begun and who is done
--port PORT     port (${PORTS.pxe})
--help          this text
--version       the version`;

const values = calledWith('zs-pxe-http', USAGE, {
  address: { type: 'string' },
  medium: { type: 'string' },
  kickstarts: { type: 'string' },
  marks: { type: 'string' },
  port: { type: 'number' },
});
const { medium, kickstarts, marks, port = PORTS.pxe } = values;
const [address = '', prefix = ''] = values.address?.split('/') ?? [];
if (medium === undefined || kickstarts === undefined || marks === undefined || prefix === '')
  wrongCall('zs-pxe-http', 'wants --address, --medium, --kickstarts and --marks (--help tells)');

const manager = new ServiceManager(process.env, logToStderr);
const server = pxeServer({ medium, kickstarts, marks, network: { address, prefix: Number(prefix) } });
server.once('error', (error) => {
  logToStderr(`zs-pxe-http: ${error.message}`);
  process.exit(1);
});
server.listen(port, address, () => manager.ready(() => true));
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    manager.stopping();
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
