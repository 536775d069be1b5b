/** Settings that may hold the address of this node: with a port, or in an URL, or as they are. */
const KEYS = /^(management\.server\.ip|CloudBus\.serverIp\.\d+|DB\.url|consoleProxyOverriddenIp)$/;

/** Those that hold the one address: as they are, and with the other in its place. */
export function movedSettings(
  settings: readonly [key: string, value: string][],
  from: string,
  to: string,
): { before: Record<string, string>; after: Record<string, string> } {
  const found = settings.flatMap(([key, value]) => {
    const moved = KEYS.test(key) ? movedHost(value, from, to) : undefined;
    return moved === undefined ? [] : [{ key, value, moved }];
  });
  return {
    before: Object.fromEntries(found.map(({ key, value }) => [key, value])),
    after: Object.fromEntries(found.map(({ key, moved }) => [key, moved])),
  };
}

/** Undefined when the address is not the host in it. */
function movedHost(value: string, from: string, to: string): string | undefined {
  if (value === from) return to;
  const [, start = '', host = '', rest = ''] =
    /^(.*:\/\/|)(\[[^\]]*\]|[^:/?[\]]*)([:/?].*|)$/.exec(value) ?? [];
  if (host !== from && host !== `[${from}]`) return undefined;
  return `${start}${to.includes(':') ? `[${to}]` : to}${rest}`;
}
