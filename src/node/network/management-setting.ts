import type { ReadText } from '../../system/proc.ts';

/** The management NIC's configuration: asked anew at each reading, since it can be changed while we run. */
export type ManagementSetting = () => {
  managementAddress?: string | undefined;
  managementNic?: string | undefined;
};

const PROPERTIES = '/usr/local/zstack/apache-tomcat/webapps/zstack/WEB-INF/classes/zstack.properties';

/** The node's own setting; where it has none, `management.server.ip` of the management service's configuration. */
export function withServiceAddress(own: ManagementSetting, readText: ReadText): ManagementSetting {
  return () => {
    const setting = own();
    if (setting.managementAddress !== undefined || setting.managementNic !== undefined) return setting;
    return { managementAddress: serviceAddress(readText) };
  };
}

/** Undefined where there is no such file (any node but an installed management node) or no such key. */
function serviceAddress(readText: ReadText): string | undefined {
  try {
    return /^\s*management\.server\.ip\s*[=:]\s*(\S+)/m.exec(readText(PROPERTIES))?.[1];
  } catch {
    return undefined;
  }
}
