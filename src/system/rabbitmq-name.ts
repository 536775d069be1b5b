import { readText } from './files.ts';

/** Folder of the settings of this machine's broker. */
export const BROKER_SETTINGS = '/etc/rabbitmq';

const FILE_LIMIT = 64 * 1024;
/** A shell reads the file. */
const NODENAME = /^\s*(?:export\s+)?(?:RABBITMQ_)?NODENAME=["']?([^\s"'#;]*)/gm;

/** The name that the settings pin the broker's node to, such as `rabbit@localhost`; undefined where they name none. */
export async function pinnedName(settings = BROKER_SETTINGS): Promise<string | undefined> {
  const text = (await readText(`${settings}/rabbitmq-env.conf`, FILE_LIMIT)) ?? '';
  return [...text.matchAll(NODENAME)].at(-1)?.[1] || undefined;
}

/** The host that the broker's node is named after; undefined: this one, whatever it is called. */
export const pinnedHost = async (settings?: string): Promise<string | undefined> =>
  (await pinnedName(settings))?.split('@')[1] || undefined;
