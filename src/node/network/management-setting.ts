import type { ReadText } from '../../system/proc.ts';

export interface Management {
  managementAddress?: string | undefined;
  managementNic?: string | undefined;
}

/** The management NIC's configuration: asked anew at each reading, since it can be changed while we run. */
export type ManagementSetting = () => Management | Promise<Management>;

/**
 * The node's own setting; where it has none, `management.server.ip` of the management service's configuration.
 * @param properties path of zstack.properties
 */
export function withServiceAddress(
  own: ManagementSetting,
  properties: string,
  readText: ReadText,
): ManagementSetting {
  return async () => {
    const setting = await own();
    if (setting.managementAddress !== undefined || setting.managementNic !== undefined) return setting;
    return { managementAddress: serviceAddress(properties, readText) };
  };
}

/** Undefined where there is no such file (any node but an installed management node) or no such key. */
function serviceAddress(properties: string, readText: ReadText): string | undefined {
  try {
    return /^\s*management\.server\.ip\s*[=:]\s*(\S+)/m.exec(readText(properties))?.[1];
  } catch {
    return undefined;
  }
}
