/** Numbers of libvirt's RPC protocol, version 1: part of its stable wire format. */

export const REMOTE_PROGRAM = 0x20008086;
export const KEEPALIVE_PROGRAM = 0x6b656570;
export const VERSION = 1;

export const KEEPALIVE = { ping: 1, pong: 2 } as const;

export const MESSAGE = { call: 0, reply: 1, event: 2 } as const;
export const STATUS = { ok: 0, error: 1 } as const;

/** Length word, then program, version, procedure, type, serial and status: four bytes each. */
export const LENGTH_SIZE = 4;
export const HEADER_SIZE = 24;

/** The largest message that libvirt sends: 32 MiB and the length word. */
export const LARGEST_MESSAGE = 32 * 1024 * 1024 + LENGTH_SIZE;

export const AUTH = { none: 0, sasl: 1, polkit: 2 } as const;

/** Flags of opening: only looking. */
export const OPEN_READ_ONLY = 1;

/** virErrorNumber */
export const ERROR = { noDomain: 42, operationInvalid: 55, noMetadata: 80 } as const;

/** virDomainState */
export const STATE = { running: 1, blocked: 2, paused: 3, shutdown: 4, off: 5, crashed: 6 } as const;

/** Of lists: those that run, or are paused. */
export const LIST_ACTIVE = 1;

/** virDomainMetadataType: an element of somebody's own. */
export const METADATA_ELEMENT = 2;

/** Shutting down: by the power button. Undefining: with saved state, snapshots' and checkpoints' records, firmware's variables. */
export const SHUTDOWN_ACPI = 1;
export const UNDEFINE_WHOLE = 1 | 2 | 4 | 16;

/** Of a definition: with the passwords in it. */
export const XML_SECURE = 1;
/** As it is at the next start, also while it runs. */
export const XML_INACTIVE = 2;

/** virDomainModificationImpact: what runs now; what its next start goes by. */
export const AFFECT = { live: 1, config: 2 } as const;

/** virDomainEventID */
export const EVENT_ID = { lifecycle: 0, balloonChange: 13 } as const;

/** virDomainEventType: of a domain's definition. */
export const LIFECYCLE = { defined: 0, undefined: 1 } as const;

/** What bulk statistics are asked for, and the flag that leaves out what a busy domain would make us wait for. */
export const STATS = { state: 1, balloon: 4, vcpu: 8 } as const;
export const STATS_NOWAIT = 1 << 29;
