/** TCP ports that this product's services and their servers listen on, unless a setting says otherwise. */
export const PORTS = {
  api: 8080,
  link: 8091,
  ui: 5000,
  export: 8090,
  pxe: 8092,
  database: 3306,
  broker: 5672,
  consoleProxy: 7758,
} as const;
