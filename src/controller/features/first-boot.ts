import { PORTS } from '../../api/ports.ts';
import { type FirstBootFeature, firstBootFeature } from '../../node/first-boot/actions.ts';
import { roomFor } from '../../node/first-boot/obstacles.ts';
import { FIRST_UNITS } from '../../node/first-boot/units.ts';
import { type StatusParts, statusOf } from '../../node/services/status.ts';
import { readLinks } from '../../system/iproute.ts';
import { Broker } from '../../system/rabbitmq.ts';
import { BROKER_SETTINGS } from '../../system/rabbitmq-name.ts';
import type { Service } from '../../system/service.ts';
import type { ControllerOptions } from '../options.ts';

/** On an installed node only: what it starts are the machine's own services. */
export function firstBootOf(
  { role, places }: ControllerOptions,
  status: StatusParts,
  service: Service,
  changed: () => void,
): FirstBootFeature | undefined {
  if (places.dataDir !== undefined) return undefined;
  const { properties, databaseSocket, store } = status.layout;
  return firstBootFeature({
    role,
    changed,
    service,
    properties,
    store,
    socket: databaseSocket,
    port: PORTS.database,
    config: places.config,
    units: FIRST_UNITS,
    room: roomFor(role),
    links: readLinks,
    address: status.address,
    status: () => statusOf(status),
    firewall: ['/usr/lib/zs-node/bin/firewall', 'open'],
    broker: {
      broker: new Broker(),
      properties,
      settings: BROKER_SETTINGS,
      data: '/var/lib/rabbitmq/mnesia',
      port: PORTS.broker,
    },
  });
}
