/** Names of what a restore makes on the server. Its id is in them, so they can be anybody else's by no chance. */
const short = (id: string): string => id.replaceAll('-', '').slice(0, 12);

/** Where a dump stands whole before it is live. */
export const nextName = (id: string, database: string): string => `zs_new_${short(id)}_${database}`;
/** Where the tables that were live before wait for going back. */
export const pastName = (id: string, database: string): string => `zs_old_${short(id)}_${database}`;
/** The account that loads. */
export const loaderName = (id: string): string => `zs_restore_${short(id)}`;
/** A lock of the server's, which a session that outlives its client still holds. */
export const lockName = (id: string): string => `zs_swap_${short(id)}`;
