import { dirname, join } from 'node:path';
import { type Feature, together } from '../../api/feature.ts';
import type { CheckPassword } from '../../node/accounts/actions.ts';
import { backupFeature, restoreFeature } from '../../node/backup/actions.ts';
import { copyFeature } from '../../node/backup/copy/actions.ts';
import { copyFolders } from '../../node/backup/copy/setting.ts';
import { attentionOfBackup, recordIn, watchLastBackup } from '../../node/backup/record.ts';
import { brokerFeature } from '../../node/broker/actions.ts';
import { addressFeature } from '../../node/change-address/actions.ts';
import { settingsExecutors } from '../../node/change-settings/apply.ts';
import { consoleProxyFeature } from '../../node/console-proxy/actions.ts';
import { databaseFeature } from '../../node/database/actions.ts';
import type { Attention } from '../../node/facts/schema.ts';
import { type LicenceParts, licenceFeature } from '../../node/licence/actions.ts';
import { resetFeature } from '../../node/reset/actions.ts';
import type { FollowParts } from '../../node/system-settings/broker.ts';
import { Broker, type BrokerCommand, RABBITMQCTL } from '../../system/rabbitmq.ts';
import { type Service, systemdService } from '../../system/service.ts';

export interface ManagementOptions {
  /** The controller's own folder. */
  data: string;
  properties: string;
  databaseSocket: string;
  /** File of the embedded store. */
  store: string;
  /** Folder of this node's own unit files. */
  units: string;
  /** For tests: the program that works on stores. */
  storeProgram?: string;
  /** Folder of the dumps. */
  backups: string;
  /** File of the licence, and the folder of the key that it is checked with. */
  licence: LicenceParts;
  service: Service;
  checkPassword: CheckPassword;
  broker?: BrokerCommand;
  brokerService?: Service;
  /** For tests: another file than /etc/hosts. */
  hostsFile?: string;
}

export interface ManagementFeatures extends Feature {
  /** What has to follow when the hostname changes. */
  broker: FollowParts;
  attention(): Attention[];
  /** Calls `changed` when `attention` has; answers how to stop. */
  watch(changed: () => void): () => void;
}

/** What only a management node can do. */
export function managementFeatures(options: ManagementOptions): ManagementFeatures {
  const { properties, service } = options;
  const common = { properties, service };
  const backup = {
    ...common,
    folder: options.backups,
    socket: options.databaseSocket,
    store: options.store,
    units: options.units,
    copy: copyFolders(options.licence.config, options.data),
    record: recordIn(options.data),
    ...(options.storeProgram === undefined ? {} : { storeProgram: options.storeProgram }),
  };
  const database = { ...common, socket: options.databaseSocket };
  const broker = {
    ...common,
    broker: new Broker(options.broker ?? RABBITMQCTL),
    brokerService: options.brokerService ?? systemdService('rabbitmq-server.service'),
  };
  const reset = {
    ...backup,
    ...broker,
    state: dirname(options.store),
    consoleState: join(dirname(dirname(options.store)), 'pickledb'),
  };
  const address = {
    ...broker,
    databaseSocket: options.databaseSocket,
    config: options.licence.config,
    ...(options.hostsFile === undefined ? {} : { hostsFile: options.hostsFile }),
  };
  const settings = settingsExecutors(broker);
  return {
    ...together([
      databaseFeature(database),
      brokerFeature(broker, options.checkPassword),
      backupFeature(backup),
      restoreFeature(backup),
      copyFeature(backup.copy),
      consoleProxyFeature(broker, settings),
      resetFeature(reset, settings),
      licenceFeature(options.licence),
      addressFeature(address, settings),
    ]),
    broker,
    attention: () => attentionOfBackup(backup.record),
    watch: (changed) => watchLastBackup(backup.record, changed),
  };
}
